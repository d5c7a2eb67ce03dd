#include "record_routes.hpp"

#include <array>
#include <utility>

#include "answers.hpp"

namespace televisit::rest_api {

namespace {

Result<HttpResponse> list_attendees(const Call& call) {
    const auto attendees = call.consultations.attendees(call.caller, call.session(), call.context);
    if (!attendees) return attendees.error();
    JsonWriter out;
    // A room has few people: one page is all there is, in the form that every list has.
    out.open_object().name("items").open_array();
    for (const auto& attendee : *attendees) write_attendee(out, attendee);
    return json_answer(200, out.close_array().name("next_cursor").null().close_object().take());
}

Result<HttpResponse> get_metrics(const Call& call) {
    const auto metrics = call.consultations.metrics(call.caller, call.session(), call.context);
    if (!metrics) return metrics.error();
    JsonWriter out;
    write_metrics(out, *metrics);
    return json_answer(200, out.take());
}

constexpr std::array kRoutes{
    EndpointRoute{"list_attendees", HttpMethod::get, "/api/video/sessions/{id}/attendees", list_attendees},
    EndpointRoute{"get_metrics", HttpMethod::get, "/api/video/sessions/{id}/metrics", get_metrics},
};

}  // namespace

std::span<const EndpointRoute> record_routes() noexcept {
    return kRoutes;
}

}  // namespace televisit::rest_api
