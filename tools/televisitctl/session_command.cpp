// `session create`: a consultation that starts now, and the links that open it.

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Exception.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <Poco/Timestamp.h>

#include <array>
#include <sstream>

#include "command.hpp"
#include "configuration.hpp"
#include "login.hpp"

namespace televisit::ctl {

namespace {

constexpr long kLongestVisit = 24 * 60;
constexpr std::chrono::seconds kTokenLifetime{300};

constexpr std::array kOptions{
    Option{"doctor", "ID", "the doctor's user id (default: doctor)"},
    Option{"patient", "ID", "the patient's user id (default: patient)"},
    Option{"minutes", "N", "how long it is scheduled for, from now (default: 30)"},
    Option{"server", "URL", "where the server is (default: as configured, on this machine)"},
    kCaOption,
    kConfigOption,
};

std::string body_of(const std::string& doctor, const std::string& patient, long minutes) {
    const Poco::Timestamp now;
    const auto written = [](const Poco::Timestamp& time) {
        return Poco::DateTimeFormatter::format(time, Poco::DateTimeFormat::ISO8601_FORMAT);
    };
    Poco::JSON::Object body;
    body.set("doctor_id", doctor);
    body.set("patient_id", patient);
    body.set("scheduled_start_time", written(now));
    body.set("scheduled_end_time", written(now + Poco::Timespan(minutes * 60, 0)));
    std::ostringstream text;
    body.stringify(text);
    return text.str();
}

void print_links(const std::string& origin, const std::string& answer, std::ostream& out) {
    const auto session = Poco::JSON::Parser().parse(answer).extract<Poco::JSON::Object::Ptr>();
    const std::string page = origin + "/room.html?session=" + session->getValue<std::string>("session_id") + "#";
    out << "doctor:  " << page << session->getValue<std::string>("doctor_token") << '\n'
        << "patient: " << page << session->getValue<std::string>("patient_token") << '\n';
}

int create(const Arguments& arguments, const Streams& streams) {
    const auto failed = [&](std::string_view message, int status) {
        streams.error << "televisitctl session create: " << message << '\n';
        return status;
    };
    const auto minutes = whole_number(arguments.get("minutes", "30"), 1, kLongestVisit);
    if (!minutes) return failed("--minutes must be between 1 and 1440", kBadUsage);
    const auto configuration = load_or_report(arguments, MissingSecrets::are_errors, streams);
    if (!configuration) return kBadConfiguration;
    const std::string doctor = arguments.get("doctor", "doctor");
    const auto token = token_for(*configuration, doctor, "DOCTOR", kTokenLifetime);
    if (!token) return failed(token.error().message, kFailed);

    const auto elsewhere = arguments.get("server");
    const Origin server =
        elsewhere ? Origin{*elsewhere, {.ca_file = arguments.get("ca", "")}} : local_origin(*configuration);
    const std::string pages = elsewhere ? *elsewhere : public_origin(*configuration);
    const std::string body = body_of(doctor, arguments.get("patient", "patient"), *minutes);
    const auto answer = call(server, {.method = "POST", .path = "/api/video/sessions", .bearer = *token, .json = body});
    if (!answer) return failed(answer.error().message, kFailed);
    if (answer->status != 201) return failed("refused: " + refusal(*answer), kFailed);
    try {
        print_links(pages, answer->body, streams.out);
    } catch (const Poco::Exception&) {
        return failed("the answer of " + server.url + " is not a session: is it a televisit server?", kFailed);
    }
    return kDone;
}

}  // namespace

constexpr Command kSessionCreate{
    "session create", "",    0, "Creates a consultation that starts now, and prints a link for each of the two",
    kOptions,         create};

}  // namespace televisit::ctl
