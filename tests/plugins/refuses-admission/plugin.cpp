// Lets nobody join.
#include "quiet_plugin.hpp"

namespace {

class Plugin final : public televisit::faulty::QuietPlugin, public televisit::AdmissionPolicy {
  public:
    using QuietPlugin::QuietPlugin;
    televisit::ProvidedPorts ports() override { return {.admission = this}; }

    televisit::Result<televisit::Admission> admit(const televisit::AdmissionRequest&,
                                                  const televisit::CallContext&) override {
        return televisit::Admission{
            .verdict = televisit::Verdict::refuse, .reason = "consent_missing", .message = "Consent is missing."};
    }
};

}  // namespace

TELEVISIT_PLUGIN(Plugin, "refuses-admission", "1.0.0", "provides=televisit.admission/1\nrequires=\noptional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
