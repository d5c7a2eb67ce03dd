#pragma once
/// The things that only one plugin can do, and who does them.

#include <array>
#include <string_view>

#include "televisit/sdk/admission.hpp"
#include "televisit/sdk/authenticator.hpp"
#include "televisit/sdk/backplane.hpp"
#include "televisit/sdk/ice.hpp"
#include "televisit/sdk/presence.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::loader {

struct Role {
    std::string_view name;  ///< the key under `roles`
    std::string_view capability;
};

inline constexpr std::array<Role, 6> kRoles{{
    {"records", RecordStore::kCapability},
    {"presence", PresenceStore::kCapability},
    {"backplane", Backplane::kCapability},
    {"authenticator", Authenticator::kCapability},
    {"ice", IceProvider::kCapability},
    {"admission", AdmissionPolicy::kCapability},
}};

/// What the kernel itself offers. A plugin may write these under `requires`; it gets them anyway.
inline constexpr std::string_view kConsultations = "televisit.consultations/1";
inline constexpr std::array<std::string_view, 9> kKernelCapabilities{
    "televisit.http/1",    "televisit.channels/1", "televisit.loops/1", "televisit.events/1", "televisit.metrics/1",
    "televisit.secrets/1", "televisit.executor/1", "televisit.clock/1", "televisit.logger/1",
};

}  // namespace televisit::loader
