#pragma once
/// What the domain needs from the world, and how it is set.
///
/// **Owns**: nothing; every reference must outlive the `Domain`. Store ports are host proxies: guarded, with deadlines.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "televisit/sdk/admission.hpp"
#include "televisit/sdk/authenticator.hpp"
#include "televisit/sdk/backplane.hpp"
#include "televisit/sdk/event_bus.hpp"
#include "televisit/sdk/executor.hpp"
#include "televisit/sdk/ice.hpp"
#include "televisit/sdk/logger.hpp"
#include "televisit/sdk/metrics.hpp"
#include "televisit/sdk/presence.hpp"
#include "televisit/sdk/records.hpp"
#include "televisit/sdk/secrets.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::consult {

struct Ports {
    RecordStore& records;
    PresenceStore& presence;
    Backplane& backplane;
    Authenticator* authenticator = nullptr;  ///< without one, accounts (JWTs) are refused
    IceProvider* ice = nullptr;              ///< without one, joins carry no ICE servers
    AdmissionPolicy* admission = nullptr;
    const Clock& clock;
    Secrets& secrets;
    Executor& executor;  ///< of the kernel: steps that must not block an event loop, timers
    EventBus& events;
    MetricRegistry& metrics;
    Logger& logger;
};

/// How often wrong credentials may be tried; see guess_guard.hpp.
struct GuessLimits {
    std::int64_t attempts = 20;                ///< at once, from one address; 0 turns the guard off
    std::chrono::milliseconds recovery{3000};  ///< after which one is forgiven
    std::size_t addresses = 10'000;            ///< remembered at most; the longest unseen is forgotten first
    std::size_t credentials = 10'000;          ///< that have held, likewise
};

/// How long after its end a session keeps what belongs to it; absent: for ever. See docs/operations.md.
struct RetentionTimes {
    std::optional<std::chrono::milliseconds> names{};               ///< display names of attendees and invitations
    std::optional<std::chrono::milliseconds> metadata{};            ///< what its maker noted with it
    std::optional<std::chrono::milliseconds> device_information{};  ///< device, browser, quality samples
    std::optional<std::chrono::milliseconds> closed_sessions{};     ///< the whole of it
};

struct Settings {
    NodeId node;                          ///< of this run of the process; not empty
    std::string public_url{};             ///< origin for `signaling_server_url`; empty: taken from each request
    std::string secret{};                 ///< HMAC key of invitation tokens (`security.secret`); at least 32 bytes
    std::string naive_time_zone = "UTC";  ///< of times without a zone: "UTC", "+01:00" or a tzdata name
    std::chrono::milliseconds join_early{std::chrono::minutes{15}};  ///< a window opens that long before the start
    std::chrono::milliseconds join_late{std::chrono::minutes{15}};   ///< and closes that long after the end
    /// A visit that both have attended is over when its room was empty so long.
    std::chrono::milliseconds empty_room{std::chrono::minutes{5}};
    std::chrono::milliseconds grace{15'000};         ///< for a lost connection to come back; 0: none
    std::int32_t max_participants = 8;               ///< the most a session may ask for
    std::size_t metadata_bytes = 4096;               ///< the most a session's metadata may have
    std::size_t max_rooms = 20'000;                  ///< open on this node at once
    std::chrono::milliseconds lease{3'000};          ///< a node not heard of for so long is dead
    std::chrono::milliseconds step_deadline{5'000};  ///< for store calls made in the background
    GuessLimits guessing{};
    RetentionTimes retention{};
    std::chrono::milliseconds admission_deadline{3'000};  ///< for the admission policy to answer a join
    bool admit_without_policy = false;                    ///< whether a join passes when it does not, or fails
};

}  // namespace televisit::consult
