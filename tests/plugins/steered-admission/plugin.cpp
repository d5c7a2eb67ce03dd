// An admission policy that is told over the admin listener what to do:
// POST /steered/admission?mode=admit|refuse|wait|hang|fail|throw; GET tells how many calls hang.
#include <stdexcept>

#include "quiet_plugin.hpp"
#include "steering.hpp"

namespace {

using namespace televisit;
using namespace televisit::steered;

class SteeredAdmission final : public faulty::QuietPlugin, public AdmissionPolicy {
  public:
    using QuietPlugin::QuietPlugin;
    ProvidedPorts ports() override { return {.admission = this}; }

    Result<void> start(const CallContext&) override {
        for (const HttpMethod method : {HttpMethod::get, HttpMethod::post}) {
            const HttpRoute route{.name = "steered_admission",
                                  .method = method,
                                  .pattern = "/steered/admission",
                                  .on_public = false,
                                  .on_admin = true};
            if (auto added = host_.http().add_on_loop(route, wheel_); !added) return added;
        }
        return {};
    }
    void stop(const CallContext&) override { wheel_.set("admit"); }

    Result<Admission> admit(const AdmissionRequest&, const CallContext&) override {
        const auto mode = wheel_.pass();
        if (mode == "refuse") return Admission{Verdict::refuse, "consent_missing", "Please sign the form first.", {}};
        if (mode == "wait") return Admission{Verdict::wait, "doctor_busy", "Please wait.", std::chrono::seconds{7}};
        // Both texts are of the kind that must reach nobody's browser.
        if (mode == "throw") throw std::runtime_error("SELECT 1 refused by db.steered.internal");
        if (mode == "fail") {
            auto failure = error(Errc::unavailable, "The staff list is away.");
            failure.detail = "no route to db.steered.internal";
            return failure;
        }
        return Admission{};
    }

  private:
    Wheel wheel_;
};

}  // namespace

TELEVISIT_PLUGIN(SteeredAdmission, "steered-admission", "1.0.0",
                 "provides=televisit.admission/1\nrequires=\noptional=\n", TELEVISIT_CONFIG_SCHEMA);
