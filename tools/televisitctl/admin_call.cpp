#include "admin_call.hpp"

#include <Poco/Exception.h>
#include <Poco/JSON/Parser.h>
#include <Poco/URI.h>

namespace televisit::ctl {

AdminCaller::AdminCaller(std::string_view command, const Arguments& arguments, const Streams& streams)
    : command_(command),
      streams_(streams),
      configuration_(load_or_report(arguments, MissingSecrets::are_made_later, streams)) {}

int AdminCaller::fail(std::string_view message, int exit) const {
    streams_.error << "televisitctl " << command_ << ": " << message << '\n';
    return exit;
}

AdminAnswer AdminCaller::call(std::string_view method, const std::string& path) const {
    if (!configuration_) return {kBadConfiguration};
    const auto answer = ctl::call(admin_socket(*configuration_), {.method = method, .path = path});
    if (!answer) return {fail(answer.error().message)};
    if (answer->status / 100 != 2) return {fail("refused: " + refusal(*answer))};
    AdminAnswer done{kDone, answer->body};
    if (answer->body.empty()) return done;
    try {
        done.document = Poco::JSON::Parser().parse(answer->body).extract<Poco::JSON::Object::Ptr>();
    } catch (const Poco::Exception&) {
        return {fail("the answer is not that of a televisit server")};
    }
    return done;
}

std::string escaped(std::string_view text) {
    std::string out;
    Poco::URI::encode(std::string(text), "/?#&=+%;", out);
    return out;
}

std::string member(const Poco::JSON::Object& object, const std::string& name) {
    return object.isNull(name) ? std::string() : object.getValue<std::string>(name);
}

}  // namespace televisit::ctl
