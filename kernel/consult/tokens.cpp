#include "consult/tokens.hpp"

#include "consult/encoding.hpp"

namespace televisit::consult {
namespace {

constexpr std::size_t kUserPart = 40;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_plain(char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-';
}

}  // namespace

std::string Tokens::invitation(const SessionId& session, Role role, std::int32_t generation) const {
    std::string subject = "televisit.invitation.1";
    subject.append(1, '\0').append(session.view());
    subject.append(1, '\0').append(to_string(role));
    subject.append(1, '\0').append(std::to_string(generation));
    return base64url(secrets_.hmac_sha256(key_, subject));
}

std::string Tokens::random() const {
    return base64url(secrets_.random_bytes(32));
}

TokenHash Tokens::hash(std::string_view token) const {
    return hex(secrets_.sha256(token));
}

TokenHash Tokens::voided(const AttendeeId& attendee) const {
    std::string subject = "televisit.voided.1";
    subject.append(1, '\0').append(attendee.view());
    return hash(base64url(secrets_.hmac_sha256(key_, subject)));
}

PeerId Tokens::peer_id(Role role, const UserId& user) const {
    std::string id;
    for (const char c : to_string(role)) id.push_back(lower(c));
    id.push_back('_');
    for (const char c : user.view().substr(0, kUserPart)) id.push_back(is_plain(c) ? c : '-');
    id.push_back('_');
    const auto bytes = secrets_.random_bytes(5);
    return PeerId(id + hex(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size())));
}

}  // namespace televisit::consult
