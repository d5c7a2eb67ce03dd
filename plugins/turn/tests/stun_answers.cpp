#include "stun_answers.hpp"

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
#include <array>
#include <memory>
#include <stdexcept>

namespace televisit::turn::testing {

namespace {

struct Deref {
    void operator()(void* object) const noexcept { mem_deref(object); }
};
using Buffer = std::unique_ptr<mbuf, Deref>;
using Message = std::unique_ptr<stun_msg, Deref>;

Message read(std::string_view bytes) {
    const Buffer buffer(mbuf_alloc(bytes.size()));
    mbuf_write_mem(buffer.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    buffer->pos = 0;
    stun_msg* message = nullptr;
    stun_unknown_attr unknown{};
    if (stun_msg_decode(&message, buffer.get(), &unknown) != 0) throw std::logic_error("the request is no STUN");
    return Message(message);
}

}  // namespace

std::uint16_t method_of(std::string_view request) {
    return stun_msg_method(read(request).get());
}

bool is_signed(std::string_view request) {
    return stun_msg_attr(read(request).get(), STUN_ATTR_MSG_INTEGRITY) != nullptr;
}

std::uint32_t lifetime_of(std::string_view request) {
    const auto message = read(request);
    const auto* found = stun_msg_attr(message.get(), STUN_ATTR_LIFETIME);
    return found != nullptr ? found->v.lifetime : 0xffffffff;
}

std::string success(std::string_view request, const StunAuth* auth) {
    const auto message = read(request);
    const Buffer buffer(mbuf_alloc(512));
    sa address{};
    sa_set_str(&address, "192.0.2.7", 40000);
    std::array<std::uint8_t, 16> key{};
    if (auth != nullptr) {
        const auto text = auth->username + ':' + auth->realm + ':' + auth->password;
        md5(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), key.data());
    }
    const bool relays = stun_msg_method(message.get()) == kAllocateMethod;
    stun_msg_encode(buffer.get(), stun_msg_method(message.get()), STUN_CLASS_SUCCESS_RESP, stun_msg_tid(message.get()),
                    nullptr, auth != nullptr ? key.data() : nullptr, auth != nullptr ? key.size() : 0, true, 0, 2U,
                    static_cast<unsigned>(STUN_ATTR_XOR_MAPPED_ADDR), &address,
                    static_cast<unsigned>(STUN_ATTR_XOR_RELAY_ADDR), relays ? &address : nullptr);
    return {reinterpret_cast<const char*>(buffer->buf), buffer->end};
}

std::string refusal(std::string_view request, std::uint16_t code) {
    const auto message = read(request);
    const Buffer buffer(mbuf_alloc(512));
    std::string reason = "No";
    const stun_errcode error{code, reason.data()};
    const bool challenges = code == 401 || code == 438;
    stun_msg_encode(buffer.get(), stun_msg_method(message.get()), STUN_CLASS_ERROR_RESP, stun_msg_tid(message.get()),
                    &error, nullptr, 0, true, 0, 2U, static_cast<unsigned>(STUN_ATTR_REALM),
                    challenges ? kRealm : nullptr, static_cast<unsigned>(STUN_ATTR_NONCE),
                    challenges ? kNonce : nullptr);
    return {reinterpret_cast<const char*>(buffer->buf), buffer->end};
}

std::string of_another_transaction(std::string message) {
    const auto read_back = read(message);
    std::array<std::uint8_t, 12> other{};
    std::copy_n(stun_msg_tid(read_back.get()), other.size(), other.begin());
    other[0] ^= 0xff;
    const Buffer buffer(mbuf_alloc(512));
    sa address{};
    sa_set_str(&address, "192.0.2.7", 40000);
    stun_msg_encode(buffer.get(), stun_msg_method(read_back.get()), STUN_CLASS_SUCCESS_RESP, other.data(), nullptr,
                    nullptr, 0, true, 0, 1U, static_cast<unsigned>(STUN_ATTR_XOR_MAPPED_ADDR), &address);
    return {reinterpret_cast<const char*>(buffer->buf), buffer->end};
}

std::string good_answer(std::string_view request, const std::string& username, const std::string& password) {
    if (method_of(request) == kBindingMethod) return success(request);
    if (!is_signed(request)) return refusal(request, 401);
    const StunAuth auth{username, password, kRealm, kNonce};
    return success(request, &auth);
}

}  // namespace televisit::turn::testing
