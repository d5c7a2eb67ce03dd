#include "stun_codec.hpp"

extern "C" {
#include <re_types.h>
// After the types that they are made of.
#include <re_list.h>
#include <re_mbuf.h>
#include <re_md5.h>
#include <re_mem.h>
#include <re_sa.h>
#include <re_stun.h>
}

#include <algorithm>
#include <new>

namespace televisit::turn {

namespace {

constexpr std::size_t kHeader = 20;
constexpr std::uint8_t kCookie[] = {0x21, 0x12, 0xa4, 0x42};
constexpr std::uint8_t kUdp = 17;  // REQUESTED-TRANSPORT: what a relay sends on
constexpr std::size_t kFirstSize = 512;

struct Deref {
    void operator()(void* object) const noexcept { mem_deref(object); }
};
using Buffer = std::unique_ptr<mbuf, Deref>;
using Key = std::array<std::uint8_t, 16>;

Buffer make_buffer(std::size_t size) {
    Buffer buffer(mbuf_alloc(size));
    if (!buffer) throw std::bad_alloc();
    return buffer;
}

Buffer buffer_of(std::string_view bytes) {
    auto buffer = make_buffer(bytes.size());
    if (mbuf_write_mem(buffer.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()) != 0)
        throw std::bad_alloc();
    buffer->pos = 0;
    return buffer;
}

/// Source: RFC 5389 §15.4.
Key key_of(const StunAuth& auth) {
    const std::string text = auth.username + ':' + auth.realm + ':' + auth.password;
    Key key{};
    md5(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), key.data());
    return key;
}

std::uint16_t number_of(StunMethod method) {
    switch (method) {
        case StunMethod::binding:
            return STUN_METHOD_BINDING;
        case StunMethod::allocate:
            return STUN_METHOD_ALLOCATE;
        case StunMethod::refresh:
            return STUN_METHOD_REFRESH;
    }
    return STUN_METHOD_BINDING;
}

const stun_attr* attribute(const stun_msg& message, std::uint16_t type) {
    return stun_msg_attr(&message, type);
}

std::string text_of(const char* text) {
    return text != nullptr ? std::string(text) : std::string();
}

}  // namespace

std::string encode(const StunRequest& request) {
    const auto buffer = make_buffer(kFirstSize);
    const bool allocates = request.method == StunMethod::allocate;
    const auto* auth = request.auth ? &*request.auth : nullptr;
    const auto key = auth != nullptr ? key_of(*auth) : Key{};
    const std::uint32_t lifetime = request.lifetime_s.value_or(0);
    // An attribute without a value is left out.
    const int failure =
        stun_msg_encode(buffer.get(), number_of(request.method), STUN_CLASS_REQUEST, request.transaction.data(),
                        nullptr, auth != nullptr ? key.data() : nullptr, auth != nullptr ? key.size() : 0, true, 0, 5U,
                        static_cast<unsigned>(STUN_ATTR_REQ_TRANSPORT), allocates ? &kUdp : nullptr,
                        static_cast<unsigned>(STUN_ATTR_LIFETIME), request.lifetime_s ? &lifetime : nullptr,
                        static_cast<unsigned>(STUN_ATTR_USERNAME), auth != nullptr ? auth->username.c_str() : nullptr,
                        static_cast<unsigned>(STUN_ATTR_REALM), auth != nullptr ? auth->realm.c_str() : nullptr,
                        static_cast<unsigned>(STUN_ATTR_NONCE), auth != nullptr ? auth->nonce.c_str() : nullptr);
    if (failure != 0) throw std::bad_alloc();
    return {reinterpret_cast<const char*>(buffer->buf), buffer->end};
}

void StunAnswer::Release::operator()(stun_msg* message) const noexcept {
    mem_deref(message);
}

std::optional<StunAnswer> StunAnswer::decode(std::string_view bytes) {
    const auto size = stun_frame(bytes);
    if (!size || *size == 0 || *size != bytes.size()) return std::nullopt;
    const auto buffer = buffer_of(bytes);
    stun_msg* message = nullptr;
    stun_unknown_attr unknown{};
    if (stun_msg_decode(&message, buffer.get(), &unknown) != 0) return std::nullopt;
    StunAnswer answer(message);
    const bool has_fingerprint = attribute(*answer.message_, STUN_ATTR_FINGERPRINT) != nullptr;
    if (has_fingerprint && stun_msg_chk_fingerprint(message) != 0) return std::nullopt;
    return answer;
}

bool StunAnswer::answers(const StunRequest& request) const {
    const auto kind = stun_msg_class(message_.get());
    const bool is_answer = kind == STUN_CLASS_SUCCESS_RESP || kind == STUN_CLASS_ERROR_RESP;
    const auto* transaction = stun_msg_tid(message_.get());
    return is_answer && stun_msg_method(message_.get()) == number_of(request.method) &&
           std::equal(request.transaction.begin(), request.transaction.end(), transaction);
}

bool StunAnswer::success() const {
    return stun_msg_class(message_.get()) == STUN_CLASS_SUCCESS_RESP;
}

bool StunAnswer::signed_with(const StunAuth& auth) const {
    const auto key = key_of(auth);
    return stun_msg_chk_mi(message_.get(), key.data(), key.size()) == 0;
}

bool StunAnswer::has_mapped_address() const {
    return attribute(*message_, STUN_ATTR_XOR_MAPPED_ADDR) != nullptr ||
           attribute(*message_, STUN_ATTR_MAPPED_ADDR) != nullptr;
}

bool StunAnswer::has_relayed_address() const {
    return attribute(*message_, STUN_ATTR_XOR_RELAY_ADDR) != nullptr;
}

std::uint16_t StunAnswer::error_code() const {
    const auto* found = attribute(*message_, STUN_ATTR_ERR_CODE);
    return found != nullptr ? found->v.err_code.code : std::uint16_t{0};
}

std::string StunAnswer::realm() const {
    const auto* found = attribute(*message_, STUN_ATTR_REALM);
    return found != nullptr ? text_of(found->v.realm) : std::string();
}

std::string StunAnswer::nonce() const {
    const auto* found = attribute(*message_, STUN_ATTR_NONCE);
    return found != nullptr ? text_of(found->v.nonce) : std::string();
}

std::optional<std::size_t> stun_frame(std::string_view stream) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(stream[at]); };
    if (!stream.empty() && byte(0) > 0x3f) return std::nullopt;
    for (std::size_t i = 0; i < sizeof kCookie && 4 + i < stream.size(); ++i)
        if (byte(4 + i) != kCookie[i]) return std::nullopt;
    if (stream.size() >= 4 && byte(3) % 4 != 0) return std::nullopt;
    if (stream.size() < kHeader) return 0;
    const std::size_t size = kHeader + (std::size_t{byte(2)} << 8 | byte(3));
    return stream.size() < size ? 0 : size;
}

}  // namespace televisit::turn
