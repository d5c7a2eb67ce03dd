#include "runtime/guard.hpp"

#include <exception>

namespace televisit::runtime {

Guard::Guard(std::string plugin, Logger& logger, MetricRegistry& metrics)
    : plugin_(std::move(plugin)),
      logger_(logger),
      exceptions_(metrics.counter("televisit_plugin_exceptions_total", "Exceptions that came out of a plugin",
                                  {{"plugin", plugin_}})) {}

Error Guard::caught(std::string_view what) noexcept {
    const std::string text = describe_current_exception();
    exceptions_.add();
    logger_.error("plugin threw an exception", {{"plugin_id", plugin_}, {"call", what}, {"exception", text}});
    Error failure = error(Errc::internal, "Something went wrong on the server.");
    failure.detail = "plugin " + plugin_ + " threw in " + std::string(what) + ": " + text;
    return failure;
}

std::string describe_current_exception() noexcept {
    try {
        throw;
    } catch (const std::exception& exception) {
        return exception.what();
    } catch (...) {
        return "not a std::exception";
    }
}

}  // namespace televisit::runtime
