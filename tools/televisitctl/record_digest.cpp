#include "record_digest.hpp"

#include <charconv>

#include "runtime/openssl_secrets.hpp"

namespace televisit::ctl {

namespace {

constexpr int kHexDigitsEach = 8;

class Bytes {
  public:
    explicit Bytes(std::size_t kind) { put(static_cast<std::int64_t>(kind)); }

    template <class... Fields>
    std::string of(const Fields&... fields) && {
        (put(fields), ...);
        return std::move(bytes_);
    }

  private:
    void put(std::int64_t value) {
        for (int shift = 0; shift < 64; shift += 8)
            bytes_ += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xffU);
    }
    void put(std::uint64_t value) { put(static_cast<std::int64_t>(value)); }
    void put(std::int32_t value) { put(std::int64_t{value}); }
    void put(bool value) { put(std::int64_t{value ? 1 : 0}); }
    void put(std::string_view text) {
        put(static_cast<std::int64_t>(text.size()));
        bytes_ += text;
    }
    void put(const std::string& text) { put(std::string_view(text)); }
    template <class Tag>
    void put(const Id<Tag>& id) {
        put(id.view());
    }
    void put(Instant at) { put(to_micros(at)); }
    void put(SessionStatus status) { put(to_string(status)); }
    void put(Role role) { put(to_string(role)); }
    template <class T>
    void put(const std::optional<T>& value) {
        put(value.has_value());
        if (value) put(*value);
    }

    std::string bytes_;
};

/// Each names all fields of its record: one more does not compile, and cannot be forgotten here.
struct ToBytes {
    std::size_t kind;

    std::string operator()(const SessionRecord& record) const {
        const auto& [id, version, appointment, doctor, patient, status, scheduled_start, scheduled_end, actual_start,
                     actual_end, room, doctor_token, patient_token, generation, url, participants, metadata,
                     doctor_seen, patient_seen, together, reason, empty_since, due_at, closed_at, names_removed,
                     metadata_removed, device_removed, created, updated] = record;
        return Bytes(kind).of(id, version, appointment, doctor, patient, status, scheduled_start, scheduled_end,
                              actual_start, actual_end, room, doctor_token, patient_token, generation, url,
                              participants, metadata, doctor_seen, patient_seen, together, reason, empty_since, due_at,
                              closed_at, names_removed, metadata_removed, device_removed, created, updated);
    }
    std::string operator()(const AttendeeRecord& record) const {
        const auto& [id, version, session, user, role, peer, token, number, name, device, browser, invitation, joined,
                     left, created, updated] = record;
        return Bytes(kind).of(id, version, session, user, role, peer, token, number, name, device, browser, invitation,
                              joined, left, created, updated);
    }
    std::string operator()(const InvitationRecord& record) const {
        const auto& [id, version, session, role, name, token, expires, revoked, created] = record;
        return Bytes(kind).of(id, version, session, role, name, token, expires, revoked, created);
    }
    std::string operator()(const MetricsRecord& record) const {
        const auto& [id, session, hundredths, participants, created] = record;
        return Bytes(kind).of(id, session, hundredths, participants, created);
    }
    std::string operator()(const StoredQuality& sample) const {
        const auto& [record, number] = sample;
        const auto& [session, attendee, at, text] = record;
        return Bytes(kind).of(session, attendee, at, text, number);
    }
    std::string operator()(const IdempotencyRecord& record) const {
        const auto& [key, body, session, expires] = record;
        return Bytes(kind).of(key, body, session, expires);
    }
    std::string operator()(const StoredOperation& operation) const {
        const auto& [id, at] = operation;
        // Some stores know it no better.
        return Bytes(kind).of(id, Instant(std::chrono::floor<std::chrono::milliseconds>(at)));
    }
    std::string operator()(const OutboxEvent& event) const {
        const auto& [cursor, type, at, session, payload] = event;
        return Bytes(kind).of(cursor, type, at, session, payload);
    }
};

}  // namespace

std::string canonical(const StoredRecord& record) {
    return std::visit(ToBytes{record.index()}, record);
}

void RecordDigest::add(const StoredRecord& record) {
    const auto digest = runtime::OpensslSecrets().sha256(canonical(record));
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < sum_.size(); ++i) {
        std::uint32_t digits = 0;
        for (std::size_t byte = 0; byte < sizeof digits; ++byte)
            digits |= static_cast<std::uint32_t>(digest[i * sizeof digits + byte]) << (8 * byte);
        carry += std::uint64_t{sum_[i]} + digits;
        sum_[i] = static_cast<std::uint32_t>(carry);
        carry >>= 32U;
    }
    ++count_;
}

std::string RecordDigest::hex() const {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (auto part = sum_.rbegin(); part != sum_.rend(); ++part)
        for (int digit = kHexDigitsEach - 1; digit >= 0; --digit) text += kDigits[*part >> (4 * digit) & 0xfU];
    return text;
}

Result<RecordDigest> RecordDigest::parse(std::string_view text) {
    const auto malformed = error(Errc::malformed, "no digest of records");
    RecordDigest digest;
    const auto [rest, fault] = std::from_chars(text.data(), text.data() + text.size(), digest.count_);
    const std::string_view hex(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
    if (fault != std::errc() || hex.size() != 1 + digest.sum_.size() * kHexDigitsEach || hex[0] != ' ')
        return malformed;
    const char* next = hex.data() + 1;
    for (auto part = digest.sum_.rbegin(); part != digest.sum_.rend(); ++part, next += kHexDigitsEach) {
        const auto read = std::from_chars(next, next + kHexDigitsEach, *part, 16);
        if (read.ec != std::errc() || read.ptr != next + kHexDigitsEach) return malformed;
    }
    return digest;
}

}  // namespace televisit::ctl
