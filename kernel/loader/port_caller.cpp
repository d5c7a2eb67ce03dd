#include "loader/port_caller.hpp"

#include <algorithm>

namespace televisit::loader {
namespace {

constexpr char kBusy[] = "The server is busy. Please try again.";

MetricLabels labels(std::string_view port, std::string_view method, const std::string& instance) {
    return {{"port", std::string(port)}, {"method", std::string(method)}, {"plugin", instance}};
}

Error failure(Errc code, std::string detail) {
    Error result = error(code, kBusy);
    result.detail = std::move(detail);
    result.retry_after = std::chrono::seconds(1);
    return result;
}

}  // namespace

PortMethod::PortMethod(MetricRegistry& metrics, std::string_view port, std::string_view name,
                       const std::string& instance)
    : name_(std::string(port) + "." + std::string(name)),
      calls_(metrics.counter("televisit_port_calls_total", "Calls into providers", labels(port, name, instance))),
      errors_(metrics.counter("televisit_port_errors_total", "Calls that the provider failed to answer",
                              labels(port, name, instance))),
      seconds_(metrics.histogram("televisit_port_call_seconds", "Time of calls into providers, waiting included",
                                 {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5},
                                 labels(port, name, instance))) {}

void PortMethod::done(Duration took, const Error* failure) const noexcept {
    calls_.add();
    seconds_.observe(std::chrono::duration<double>(took).count());
    if (failure &&
        (failure->code == Errc::unavailable || failure->code == Errc::timeout || failure->code == Errc::internal))
        errors_.add();
}

CallContext PortCaller::limited(const CallContext& context, SteadyTime now) const {
    return {std::min(context.deadline, now + provider_.deadline), context.request};
}

Error PortCaller::pool_full(const PortMethod& method) const {
    return failure(Errc::unavailable,
                   std::string(method.name()) + ": the queue of plugin " + provider_.guard.plugin() + " is full");
}

Error PortCaller::never_begun(const PortMethod& method) const {
    return failure(Errc::unavailable, std::string(method.name()) + ": plugin " + provider_.guard.plugin() +
                                          " had no free worker before the deadline");
}

Error PortCaller::too_late(const PortMethod& method) const {
    provider_.guard.logger().warning("call not answered by its deadline", {{"call", method.name()}});
    return failure(Errc::timeout, std::string(method.name()) + ": plugin " + provider_.guard.plugin() +
                                      " was not back at the deadline");
}

Error PortCaller::refused_on_loop(const PortMethod& method) const {
    provider_.guard.logger().error("blocking call made on an event loop", {{"call", method.name()}});
    Error result = error(Errc::internal, "Something went wrong on the server.");
    result.detail = std::string(method.name()) + " was called on an event loop, where it might block";
    return result;
}

}  // namespace televisit::loader
