#pragma once
/// The plugin: rules and keys out of the configuration, counters, and the port.

#include <memory>
#include <string_view>

#include "keys.hpp"
#include "televisit/sdk/plugin.hpp"
#include "verifier.hpp"

namespace televisit::auth_jwt {

class JwtAuthenticator final : public Plugin, public Authenticator {
  public:
    /// **Errors**: throws `std::invalid_argument` for a configuration that cannot work, with its place in the file.
    explicit JwtAuthenticator(Host& host);

    ProvidedPorts ports() override;
    Result<void> start(const CallContext& context) override;
    void stop(const CallContext&) override {}

    Result<Claims> authenticate(std::string_view credential, const CallContext& context) override;

  private:
    Counter& outcome(std::string_view result);
    Result<void> start_with_file();
    Result<void> start_rotation(const CallContext& context);
    Error setting_fault(std::string_view key, const Error& fault) const;

    Host& host_;
    TokenRules rules_;
    std::unique_ptr<KeySource> keys_;
    Counter& accepted_;
    Counter& refused_;
    Counter& expired_;
    Counter& without_keys_;
};

}  // namespace televisit::auth_jwt
