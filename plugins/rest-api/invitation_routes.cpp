#include "invitation_routes.hpp"

#include <array>
#include <chrono>
#include <utility>

#include "answers.hpp"
#include "request_body.hpp"

namespace televisit::rest_api {

namespace {

/// A year: far beyond any visit, and far from where adding up seconds overflows.
constexpr std::int64_t kLongestInvitation = 366LL * 24 * 3600;

Result<InvitationDraft> read_draft(const Call& call) {
    auto body = BodyFields::required(call.request, call.max_depth);
    if (!body) return std::move(body).error();
    InvitationDraft draft;
    if (const auto name = body->required_text("role"); !name.empty()) {
        if (const auto role = parse_role(name))
            draft.role = *role;
        else
            body->add_error("role", "unknown_role", "This must be INTERPRETER, OBSERVER or GUEST.");
    }
    draft.display_name = body->optional_text("display_name").value_or("");
    if (const auto seconds = body->optional_integer("expires_in_s")) {
        draft.expires_in = std::chrono::seconds(*seconds);
        if (*seconds < 1 || *seconds > kLongestInvitation)
            body->add_error("expires_in_s", "out_of_range", "This must be from 1 second to a year.");
    }
    if (auto fault = body->fault()) return *std::move(fault);
    return draft;
}

Result<HttpResponse> create_invitation(const Call& call) {
    const auto draft = read_draft(call);
    if (!draft) return draft.error();
    const auto created = call.consultations.invite(call.caller, call.session(), *draft, call.context);
    if (!created) return created.error();
    JsonWriter out;
    write_invitation(out, *created);
    return json_answer(201, out.take());
}

Result<HttpResponse> revoke_invitation(const Call& call) {
    const InvitationId invitation(std::string(call.request.param("invitation_id")));
    auto revoked = call.consultations.revoke(call.caller, call.session(), invitation, call.context);
    if (!revoked) return std::move(revoked).error();
    return no_content();
}

constexpr std::array kRoutes{
    EndpointRoute{"create_invitation", HttpMethod::post, "/api/video/sessions/{id}/invitations", create_invitation},
    EndpointRoute{"revoke_invitation", HttpMethod::del, "/api/video/sessions/{id}/invitations/{invitation_id}",
                  revoke_invitation},
};

}  // namespace

std::span<const EndpointRoute> invitation_routes() noexcept {
    return kRoutes;
}

}  // namespace televisit::rest_api
