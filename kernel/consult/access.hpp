#pragma once
/// Who has a part in a session.

#include "televisit/sdk/people.hpp"
#include "televisit/sdk/records.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::consult {

enum class Part : std::uint8_t {
    none,  ///< may not even know of it
    doctor,
    patient,
    invited,
    overseer,  ///< an ADMIN who is none of the above
};

constexpr bool may_manage(Part part) noexcept {
    return part == Part::doctor || part == Part::overseer;
}
constexpr bool takes_part(Part part) noexcept {
    return part == Part::doctor || part == Part::patient || part == Part::invited;
}

/// The user id alone is not enough: doctors and patients may be numbered apart, so an account must have the role, too.
inline Part part_of(const Identity& caller, const SessionRecord& session) noexcept {
    const bool bound = caller.via != Credential::account;
    if (bound && caller.session != session.id) return Part::none;
    if (!caller.invitation.empty()) return Part::invited;
    if (caller.role == Role::doctor && caller.user == session.doctor_id) return Part::doctor;
    if (caller.role == Role::patient && caller.user == session.patient_id) return Part::patient;
    if (bound || caller.role != Role::admin) return Part::none;
    return caller.user == session.doctor_id ? Part::doctor : Part::overseer;
}

/// The role in which somebody with that part sits in the room.
constexpr Role role_of(Part part, Role own) noexcept {
    return part == Part::doctor ? Role::doctor : part == Part::patient ? Role::patient : own;
}

inline Error no_such_session() {
    return error(Errc::not_found, "session_not_found", "There is no such consultation.");
}
inline Error wrong_role() {
    return error(Errc::forbidden, "wrong_role", "Your role does not allow this.");
}
inline Error wrong_state() {
    return error(Errc::conflict, "wrong_state", "This is possible only before the consultation has begun.");
}
inline Error session_over() {
    return error(Errc::conflict, "session_over", "This consultation is over.");
}

}  // namespace televisit::consult
