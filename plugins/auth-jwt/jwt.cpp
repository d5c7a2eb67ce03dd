#include "jwt.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base64url.hpp"
#include "json_object.hpp"

namespace televisit::auth_jwt {

namespace {

using simdjson::dom::element;

/// Beyond the year 5000 a number is no date, and could overflow where dates are added up.
constexpr double kMaxNumericDate = 1e11;

std::string lower(std::string_view text) {
    std::string copy(text);
    std::transform(copy.begin(), copy.end(), copy.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return copy;
}

std::optional<double> date_of(const element& value) {
    double seconds = 0;
    if (!value.is_number() || value.get(seconds) != simdjson::SUCCESS) return std::nullopt;
    if (!std::isfinite(seconds) || std::abs(seconds) > kMaxNumericDate) return std::nullopt;
    return seconds;
}

/// `aud` is a text or a list of texts.
std::optional<std::vector<std::string>> audience_of(const element& value) {
    if (auto one = text_of(value)) return std::vector{*std::move(one)};
    simdjson::dom::array list;
    if (value.get(list) != simdjson::SUCCESS) return std::nullopt;
    std::vector<std::string> audience;
    for (const auto item : list) {
        auto one = text_of(item);
        if (!one) return std::nullopt;
        audience.push_back(*std::move(one));
    }
    return audience;
}

/// A token made for another purpose (a logout notice, a proof of possession) says so in its `typ`.
bool is_access_token_type(std::string_view typ) {
    constexpr std::array<std::string_view, 4> kTypes{"jwt", "at+jwt", "application/jwt", "application/at+jwt"};
    return std::find(kTypes.begin(), kTypes.end(), lower(typ)) != kTypes.end();
}

Result<JoseHeader> read_header(std::string_view text) {
    simdjson::dom::parser parser;
    const auto members = parse_object(parser, text);
    if (!members) return bad_token("the header is not a JSON object with distinct names");
    if (find_member(*members, "crit")) return bad_token("the header has crit, and no extension is understood");
    if (const auto typ = find_member(*members, "typ")) {
        const auto text_typ = text_of(typ);
        if (!text_typ || !is_access_token_type(*text_typ)) return bad_token("typ is not that of an access token");
    }
    auto alg = text_of(find_member(*members, "alg"));
    if (!alg) return bad_token("alg is missing or no text");
    JoseHeader header{*std::move(alg)};
    if (const auto kid = find_member(*members, "kid")) {
        auto text_kid = text_of(kid);
        if (!text_kid) return bad_token("kid is no text");
        header.kid = *std::move(text_kid);
    }
    return header;
}

}  // namespace

Error bad_token(std::string_view why) {
    Error failure = error(Errc::unauthenticated, "invalid_token", "The credential is not valid.");
    failure.detail = why;
    return failure;
}

Result<JwtParts> split_token(std::string_view token, std::size_t max_size) {
    if (token.size() > max_size) return bad_token("the token is too long");
    const auto first = token.find('.');
    const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
        return bad_token("a token has exactly three parts");
    const auto header = decode_base64url(token.substr(0, first));
    auto payload = decode_base64url(token.substr(first + 1, second - first - 1));
    auto signature = decode_base64url(token.substr(second + 1));
    if (!header || !payload || !signature) return bad_token("a part is not base64url");
    if (signature->empty()) return bad_token("the signature is empty");
    auto read = read_header(*header);
    if (!read) return std::move(read).error();
    return JwtParts{*std::move(read), token.substr(0, second), *std::move(signature), *std::move(payload)};
}

Result<JwtClaims> read_claims(std::string_view payload, const ClaimNames& names) {
    simdjson::dom::parser parser;
    const auto members = parse_object(parser, payload);
    if (!members) return bad_token("the payload is not a JSON object with distinct names");
    auto sub = text_of(find_member(*members, "sub"));
    if (!sub) return bad_token("sub is missing or no text");
    const auto expiry = find_member(*members, "exp");
    const auto exp = expiry ? date_of(*expiry) : std::nullopt;
    if (!exp) return bad_token("exp is missing or no date");
    auto role = text_of(find_member(*members, names.role));
    if (!role) return bad_token("the role claim is missing or no text");
    JwtClaims claims{*std::move(sub), *exp, {}, {}, {}, *std::move(role), {}};
    if (const auto nbf = find_member(*members, "nbf")) {
        claims.nbf = date_of(*nbf);
        if (!claims.nbf) return bad_token("nbf is no date");
    }
    if (const auto iss = find_member(*members, "iss")) {
        claims.iss = text_of(iss);
        if (!claims.iss) return bad_token("iss is no text");
    }
    if (const auto aud = find_member(*members, "aud")) {
        auto audience = audience_of(*aud);
        if (!audience) return bad_token("aud is neither a text nor a list of texts");
        claims.aud = *std::move(audience);
    }
    // The name is a courtesy: one of another type is as good as none.
    claims.name = text_of(find_member(*members, names.name)).value_or("");
    return claims;
}

}  // namespace televisit::auth_jwt
