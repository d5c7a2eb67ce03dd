#include "net/tls/transport.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "net/problem.hpp"

namespace televisit::net::tls {

/// What one call reads from, and writes to.
struct TlsTransport::Wire {
    std::span<const char> received;
    Buffer* sent;
};

namespace {

constexpr std::size_t kRecord = SSL3_RT_MAX_PLAIN_LENGTH;
constexpr std::size_t kRecordOverhead = 64;
static_assert(Transport::kMostKept >= kRecord);

/// A BIO over the `Wire` that is set as its data; without one, over nothing.
template <class Wire>
const BIO_METHOD* wire_method() {
    static const Owned<BIO_METHOD> method = [] {
        Owned<BIO_METHOD> made(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire"));
        BIO_meth_set_create(made.get(), [](BIO* bio) { return BIO_set_init(bio, 1), 1; });
        BIO_meth_set_read_ex(made.get(), [](BIO* bio, char* to, std::size_t most, std::size_t* count) {
            auto* const wire = static_cast<Wire*>(BIO_get_data(bio));
            BIO_clear_retry_flags(bio);
            *count = wire ? std::min(most, wire->received.size()) : 0;
            if (*count == 0) return BIO_set_retry_read(bio), 0;
            std::memcpy(to, wire->received.data(), *count);
            wire->received = wire->received.subspan(*count);
            return 1;
        });
        BIO_meth_set_write_ex(made.get(), [](BIO* bio, const char* from, std::size_t size, std::size_t* count) {
            const auto* const wire = static_cast<Wire*>(BIO_get_data(bio));
            if (!wire) return 0;
            wire->sent->append({from, size});
            *count = size;
            return 1;
        });
        BIO_meth_set_ctrl(made.get(),
                          [](BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1L : 0L; });
        return made;
    }();
    return method.get();
}

bool is_plain_http(char first) noexcept {
    return first >= 'A' && first <= 'Z';  // a record of TLS begins with 22
}

void tell_that_this_is_tls(Buffer& answer) {
    const HttpResponse response =
        problem(400, "tls_required", "This port speaks TLS: the address begins with https:// or wss://.");
    answer.append("HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nConnection: close\r\n");
    answer.append("Content-Length: " + std::to_string(response.body.size()) + "\r\n\r\n" + response.body);
}

void count(std::atomic<std::uint64_t>& figure) noexcept {
    figure.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

TlsTransport::TlsTransport(Owned<SSL> ssl, Figures& figures) : ssl_(std::move(ssl)), figures_(figures) {
    BIO* const bio = ssl_ ? BIO_new(wire_method<Wire>()) : nullptr;
    if (!bio) throw std::bad_alloc();
    SSL_set_bio(ssl_.get(), bio, bio);
}

TlsTransport::~TlsTransport() = default;

Transport::Received TlsTransport::broken() noexcept {
    if (phase_ < Phase::open) count(figures_.failed);
    phase_ = Phase::broken;
    ERR_clear_error();
    return {0, State::broken};
}

Transport::Received TlsTransport::receive(std::span<const char> received, std::span<char> plain, Buffer& answer) {
    if (phase_ == Phase::broken) return {0, State::broken};
    if (phase_ == Phase::fresh) {
        if (is_plain_http(received.front())) return tell_that_this_is_tls(answer), broken();
        phase_ = Phase::handshake;
    }
    Wire wire{received, &answer};
    BIO* const bio = SSL_get_rbio(ssl_.get());
    BIO_set_data(bio, &wire);
    Received result{0, State::open};
    if (phase_ == Phase::handshake && !shake_hands(wire)) {
        result = broken();
    } else if (phase_ != Phase::handshake) {
        result = read(wire, plain);
    }
    BIO_set_data(bio, nullptr);
    return result;
}

// False: it has failed. True: it is done, or waits for more.
bool TlsTransport::shake_hands(Wire& wire) {
    const std::size_t before = wire.received.size();
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) {
        phase_ = Phase::open;
        count(figures_.completed);
        if (SSL_session_reused(ssl_.get()) == 1) count(figures_.resumed);
        return true;
    }
    if (SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) return false;
    handshake_bytes_ += static_cast<std::uint32_t>(before - wire.received.size());
    return handshake_bytes_ <= kMostHandshake;
}

Transport::Received TlsTransport::read(Wire& wire, std::span<char> plain) {
    const std::size_t answered = wire.sent->size();
    std::size_t filled = 0;
    while (!wire.received.empty() || SSL_pending(ssl_.get()) > 0) {
        std::size_t count = 0;
        ERR_clear_error();
        const int result = SSL_read_ex(ssl_.get(), plain.data() + filled, plain.size() - filled, &count);
        filled += count;
        if (result == 1) continue;
        const int why = SSL_get_error(ssl_.get(), result);
        if (why == SSL_ERROR_ZERO_RETURN) return {filled, State::ended};
        if (why != SSL_ERROR_WANT_READ) return broken();
        break;
    }
    // TLS 1.2 has nothing to answer after the handshake but the wish for another one, which was refused.
    if (wire.sent->size() > answered && SSL_version(ssl_.get()) == TLS1_2_VERSION) return broken();
    return {filled, State::open};
}

bool TlsTransport::send(std::string_view head, std::span<const std::string_view> pieces, Buffer& sent) {
    if (phase_ != Phase::open) return false;
    std::size_t total = head.size();
    for (const std::string_view piece : pieces) total += piece.size();
    if (total == 0) return true;
    sent.room(total + (total / kRecord + 1) * kRecordOverhead);

    Wire wire{{}, &sent};
    BIO* const bio = SSL_get_wbio(ssl_.get());
    BIO_set_data(bio, &wire);
    ERR_clear_error();
    std::array<char, kRecord> record;
    std::size_t filled = 0;
    bool sound = true;
    const auto seal = [&] {
        std::size_t count = 0;
        sound = sound && (filled == 0 || SSL_write_ex(ssl_.get(), record.data(), filled, &count) == 1);
        filled = 0;
    };
    const auto add = [&](std::string_view piece) {
        while (!piece.empty()) {
            const std::size_t count = std::min(piece.size(), kRecord - filled);
            std::memcpy(record.data() + filled, piece.data(), count);
            filled += count;
            piece.remove_prefix(count);
            if (filled == kRecord) seal();
        }
    };
    add(head);
    for (const std::string_view piece : pieces) add(piece);
    seal();
    BIO_set_data(bio, nullptr);
    if (!sound) broken();
    return sound;
}

void TlsTransport::finish(Buffer& sent) {
    if (phase_ != Phase::open) return;
    phase_ = Phase::finished;
    Wire wire{{}, &sent};
    BIO* const bio = SSL_get_wbio(ssl_.get());
    BIO_set_data(bio, &wire);
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    BIO_set_data(bio, nullptr);
}

}  // namespace televisit::net::tls
