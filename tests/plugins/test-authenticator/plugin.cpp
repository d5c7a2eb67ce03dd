// Believes `test.<user>.<ROLE>`.
#include <string>

#include "quiet_plugin.hpp"

namespace {

class Plugin final : public televisit::faulty::QuietPlugin, public televisit::Authenticator {
  public:
    using QuietPlugin::QuietPlugin;
    televisit::ProvidedPorts ports() override { return {.authenticator = this}; }

    televisit::Result<televisit::Claims> authenticate(std::string_view credential,
                                                      const televisit::CallContext&) override {
        constexpr std::string_view kPrefix = "test.";
        const auto dot = credential.rfind('.');
        if (credential.starts_with(kPrefix) && dot > kPrefix.size()) {
            const auto user = credential.substr(kPrefix.size(), dot - kPrefix.size());
            if (const auto role = televisit::parse_role(credential.substr(dot + 1)))
                return televisit::Claims{.user = televisit::UserId(std::string(user)), .role = *role};
        }
        return televisit::error(televisit::Errc::unauthenticated, "The credential is not valid.");
    }
};

}  // namespace

TELEVISIT_PLUGIN(Plugin, "test-authenticator", "1.0.0", "provides=televisit.authenticator/1\nrequires=\noptional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
