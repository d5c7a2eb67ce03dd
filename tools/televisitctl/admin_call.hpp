#pragma once
/// Asking the running server, through its admin socket.

#include <Poco/JSON/Object.h>

#include <string>
#include <string_view>

#include "command.hpp"
#include "configuration.hpp"

namespace televisit::ctl {

/// Of every command that prints what the server answered.
inline constexpr Option kJsonOption{"json", "", "print JSON"};

struct AdminAnswer {
    int exit = kDone;                    ///< anything else: it failed, and that has been reported
    std::string text{};                  ///< as the server sent it
    Poco::JSON::Object::Ptr document{};  ///< null when the server sent none
    explicit operator bool() const noexcept { return exit == kDone; }
};

/// Makes the requests of one command.
class AdminCaller {
  public:
    AdminCaller(std::string_view command, const Arguments& arguments, const Streams& streams);

    /// **Blocks**: until the server has answered.
    AdminAnswer call(std::string_view method, const std::string& path) const;
    int fail(std::string_view message, int exit = kFailed) const;
    const Streams& streams() const noexcept { return streams_; }

  private:
    const std::string command_;
    const Streams& streams_;
    std::optional<Configuration> configuration_;
};

/// One segment of a path, or a query's value, escaped.
std::string escaped(std::string_view text);

/// A member as text; empty when it is absent or null.
std::string member(const Poco::JSON::Object& object, const std::string& name);

}  // namespace televisit::ctl
