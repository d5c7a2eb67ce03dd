#include "jwk_set.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base64url.hpp"
#include "json_object.hpp"

namespace televisit::auth_jwt {

namespace {

using simdjson::dom::array;
using simdjson::dom::object;

constexpr std::size_t kMaxKid = 256;

/// The bytes of a base64url member; empty when it is not there or is something else.
std::string bytes_of(const object& members, std::string_view name) {
    const auto text = text_of(find_member(members, name));
    return text ? decode_base64url(*text).value_or("") : std::string();
}

bool is(const object& members, std::string_view name, std::string_view expected) {
    return text_of(find_member(members, name)) == expected;
}

bool is_or_absent(const object& members, std::string_view name, std::string_view expected) {
    return !find_member(members, name) || is(members, name, expected);
}

/// `key_ops` (RFC 7517 §4.3) allows checking signatures, or is absent.
bool may_verify(const object& members) {
    const auto operations = find_member(members, "key_ops");
    if (!operations) return true;
    array list;
    if (operations->get(list) != simdjson::SUCCESS) return false;
    return std::any_of(list.begin(), list.end(), [](const auto& one) { return text_of(one) == "verify"; });
}

bool has_private_part(const object& members) {
    constexpr std::array<std::string_view, 7> kPrivate{"d", "p", "q", "dp", "dq", "qi", "k"};
    return std::any_of(kPrivate.begin(), kPrivate.end(),
                       [&](std::string_view name) { return find_member(members, name).has_value(); });
}

Result<std::shared_ptr<const VerificationKey>> make_key(Algorithm algorithm, const object& members) {
    if (algorithm == Algorithm::rs256 && is(members, "kty", "RSA"))
        return make_rsa_key(bytes_of(members, "n"), bytes_of(members, "e"));
    if (algorithm == Algorithm::es256 && is(members, "kty", "EC") && is(members, "crv", "P-256"))
        return make_p256_key(bytes_of(members, "x"), bytes_of(members, "y"));
    return error(Errc::invalid, "is for another algorithm");
}

std::optional<JwkSet::Entry> read_key(Algorithm algorithm, const simdjson::dom::element& value) {
    object members;
    if (value.get(members) != simdjson::SUCCESS || !has_distinct_names(members)) return std::nullopt;
    const bool for_this = is_or_absent(members, "use", "sig") && is_or_absent(members, "alg", to_string(algorithm)) &&
                          may_verify(members) && !has_private_part(members);
    if (!for_this) return std::nullopt;
    std::string kid;
    if (const auto named = find_member(members, "kid")) {
        auto text = text_of(named);
        if (!text || text->size() > kMaxKid) return std::nullopt;
        kid = *std::move(text);
    }
    auto key = make_key(algorithm, members);
    if (!key) return std::nullopt;
    return JwkSet::Entry{std::move(kid), *std::move(key)};
}

}  // namespace

KeyList JwkSet::keys_for(std::string_view kid) const {
    KeyList keys;
    for (const auto& entry : entries_)
        if (kid.empty() || entry.kid.empty() || entry.kid == kid) keys.push_back(entry.key);
    return keys;
}

Result<JwkSet> read_jwk_set(Algorithm algorithm, std::string_view text) {
    if (text.size() > kMaxKeySet) return error(Errc::invalid, "is longer than 256 KiB");
    simdjson::dom::parser parser;
    const auto members = parse_object(parser, text);
    const auto keys = members ? find_member(*members, "keys") : std::nullopt;
    array list;
    if (!keys || keys->get(list) != simdjson::SUCCESS) return error(Errc::invalid, "is no JSON Web Key Set");
    if (list.size() > kMaxKeys) return error(Errc::invalid, "has more than 64 keys");
    std::vector<JwkSet::Entry> entries;
    for (const auto item : list)
        if (auto entry = read_key(algorithm, item)) entries.push_back(*std::move(entry));
    return JwkSet(std::move(entries));
}

}  // namespace televisit::auth_jwt
