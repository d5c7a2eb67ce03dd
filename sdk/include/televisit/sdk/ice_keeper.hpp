#pragma once
/// The ICE servers as an operator sees them, whether or not a server runs: an entry that a plugin may offer beside its
/// descriptor, for `televisitctl turn`.

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/call_context.hpp"
#include "televisit/sdk/config_view.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/secrets.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit {

/// What was found of one URL.
struct IceFinding {
    std::string server;
    std::string url;
    bool usable = false;                   ///< a call can use it
    std::string code;                      ///< "ok", "timeout", "401"
    std::string words;                     ///< what it means, and what to look at
    std::chrono::microseconds latency{0};  ///< 0: not known
};

enum class Rotation : std::uint8_t {
    replace,             ///< return when the new secret is in use; the old one is retired by a later call
    replace_and_retire,  ///< wait until the old one could be retired
    retire,              ///< retire what can be retired, and replace nothing
};

/// **Threads**: one at a time. **Blocks**: to the deadline. **Errors**: messages are for an operator, and have no
/// secrets.
class IceKeeper {
  public:
    using Report = std::function<void(std::string_view line)>;
    virtual ~IceKeeper() = default;
    /// Tries every URL, as a client would use it.
    virtual Result<std::vector<IceFinding>> check(const CallContext& context) = 0;
    /// Replaces the secret that credentials are made with. May be ended at any moment and called again: it goes on
    /// where it was. **Errors**: also when a server does not take the new secret; the old one then stays in use.
    virtual Result<void> rotate(Rotation wanted, const Report& report, const CallContext& context) = 0;
};

inline constexpr char kIceKeeperSymbol[] = "televisit_ice_keeper";
using MakeIceKeeper = IceKeeper* (*)(const ConfigView& config, const Clock& clock, Secrets& secrets);

}  // namespace televisit

/// Offers `Class`, constructible from the plugin's configuration, a clock and secrets. Use it at most once, in
/// plugin.cpp.
#define TELEVISIT_ICE_KEEPER(Class)                                                                                \
    extern "C" [[gnu::visibility("default")]] ::televisit::IceKeeper* televisit_ice_keeper(                        \
        const ::televisit::ConfigView& config, const ::televisit::Clock& clock, ::televisit::Secrets& secrets);    \
    ::televisit::IceKeeper* televisit_ice_keeper(const ::televisit::ConfigView& config,                            \
                                                 const ::televisit::Clock& clock, ::televisit::Secrets& secrets) { \
        return new Class(config, clock, secrets);                                                                  \
    }                                                                                                              \
    static_assert(true)
