// Judges by the id of who wants to join: "refused-…", "waits-…", "is-told-to-wait-…", "unknown-…"; admits all others.
#include "quiet_plugin.hpp"

namespace {

using televisit::Admission;
using televisit::Verdict;

class Plugin final : public televisit::faulty::QuietPlugin, public televisit::AdmissionPolicy {
  public:
    using QuietPlugin::QuietPlugin;
    televisit::ProvidedPorts ports() override { return {.admission = this}; }

    televisit::Result<Admission> admit(const televisit::AdmissionRequest& request,
                                       const televisit::CallContext&) override {
        const auto user = request.identity.user.view();
        if (user.starts_with("refused-")) return Admission{.verdict = Verdict::refuse};
        if (user.starts_with("waits-")) return Admission{.verdict = Verdict::wait};
        if (user.starts_with("is-told-to-wait-"))
            return Admission{.verdict = Verdict::wait,
                             .reason = "triage_first",
                             .message = "A nurse will call you first.",
                             .retry_after = std::chrono::seconds(90)};
        if (user.starts_with("unknown-"))
            return televisit::error(televisit::Errc::unavailable, "The register of consents is away.");
        return Admission{};
    }
};

}  // namespace

TELEVISIT_PLUGIN(Plugin, "judges-admission", "1.0.0", "provides=televisit.admission/1\nrequires=\noptional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
