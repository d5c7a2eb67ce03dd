#include "rotation.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace televisit::turn {

namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::chrono::milliseconds kPause{500};

std::string hexadecimal(const std::string& bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const char byte : bytes) {
        text += kDigits[static_cast<std::uint8_t>(byte) >> 4];
        text += kDigits[static_cast<std::uint8_t>(byte) & 15];
    }
    return text;
}

std::string in_words(std::chrono::seconds time) {
    return time.count() >= 7200 ? std::to_string(time.count() / 3600) + " hours"
                                : std::to_string(time.count()) + " seconds";
}

}  // namespace

Result<void> SecretRotation::retire(RotatingSecrets& secrets, const CallContext& context) {
    const auto now = world_.clock.now();
    const auto over = [&](const RetiringSecret& old) { return old.until <= now; };
    for (const auto& old : secrets.old) {
        if (!over(old)) continue;
        if (auto gone = world_.store.remove(old.secret, context); !gone) return gone;
    }
    if (std::erase_if(secrets.old, over) == 0) return {};
    report_("retired a secret that was replaced before");
    return world_.file.write(secrets);
}

Result<void> SecretRotation::wait_until_taken(const std::string& secret) {
    const auto end = world_.clock.steady_now() + patience_;
    for (;;) {
        auto taken = world_.taken(secret);
        if (taken || world_.clock.steady_now() >= end) return taken;
        world_.sleep(kPause);
    }
}

Result<void> SecretRotation::replace(RotatingSecrets& secrets, const CallContext& context) {
    if (secrets.next.empty()) {
        secrets.next = hexadecimal(world_.secrets.random_bytes(kSecretBytes));
        if (auto noted = world_.file.write(secrets); !noted) return noted;
    } else {
        report_("going on with a rotation that was not finished");
    }
    if (auto added = world_.store.add(secrets.next, context); !added) return added;
    report_("the new secret is in the servers' database");
    if (auto taken = wait_until_taken(secrets.next); !taken)
        return error(taken.error().code, "the old secret stays in use: " + taken.error().message);
    report_("every server takes the new secret");
    if (!secrets.mint.empty()) {
        const auto until = std::chrono::ceil<std::chrono::seconds>(world_.clock.now()) + longest_ + kPickUp;
        secrets.old.push_back({std::exchange(secrets.mint, {}), until});
    }
    secrets.mint = std::exchange(secrets.next, {});
    if (auto switched = world_.file.write(secrets); !switched) return switched;
    report_("credentials are made with the new secret from now on");
    return {};
}

Result<void> SecretRotation::wait_to_retire(RotatingSecrets& secrets, const CallContext& context) {
    while (!secrets.old.empty()) {
        const auto first = std::min_element(secrets.old.begin(), secrets.old.end(),
                                            [](const auto& a, const auto& b) { return a.until < b.until; });
        const auto left = first->until - world_.clock.now();
        if (world_.clock.steady_now() + left > context.deadline)
            return error(Errc::unavailable, "the old secret is not retired yet: call this again later");
        if (left > Duration{0}) world_.sleep(std::chrono::ceil<std::chrono::milliseconds>(left));
        if (auto retired = retire(secrets, context); !retired) return retired;
    }
    return {};
}

Result<void> SecretRotation::run(Rotation wanted, const CallContext& context) {
    auto secrets = world_.file.read();
    if (!secrets) return secrets.error();
    if (auto retired = retire(*secrets, context); !retired) return retired;
    if (wanted == Rotation::retire) return {};
    if (auto replaced = replace(*secrets, context); !replaced) return replaced;
    if (wanted == Rotation::replace_and_retire) return wait_to_retire(*secrets, context);
    if (!secrets->old.empty()) report_("the old secret may go in " + in_words(longest_ + kPickUp));
    return {};
}

}  // namespace televisit::turn
