#include "daemon/net_telemetry.hpp"

#include <functional>

namespace televisit::daemon {
namespace {

std::string owner_or_kernel(std::string_view owner) {
    return owner.empty() ? "kernel" : std::string(owner);
}

void log_access(Logger& logger, const net::AccessRecord& record) {
    logger.info("request", {{"method", record.method},
                            {"route", record.route},
                            {"path", record.path},
                            {"status", record.status},
                            {"bytes", record.bytes},
                            {"micros", record.took.count()},
                            {"request_id", record.request_id},
                            {"remote_address", record.remote_address},
                            {"admin", record.listener == ListenerKind::admin_listener}});
}

void tell_slow(Logger& logger, MetricRegistry& metrics, const net::SlowTask& task) {
    // Asked for by name each time: it is rare, and its plugin is not known before.
    metrics
        .counter("televisit_loop_blocked_total", "Times that a handler held an event loop too long",
                 {{"plugin", owner_or_kernel(task.owner)}})
        .add();
    logger.warning(task.still_running ? "event loop is blocked" : "event loop was held too long",
                   {{"plugin_id", owner_or_kernel(task.owner)},
                    {"handler", task.name},
                    {"loop", task.loop},
                    {"micros", task.held.count()}});
}

void tell_fault(Logger& logger, MetricRegistry& metrics, const net::TaskFault& fault) {
    metrics
        .counter("televisit_plugin_exceptions_total", "Exceptions that came out of a plugin",
                 {{"plugin", owner_or_kernel(fault.owner)}})
        .add();
    logger.error("plugin threw an exception",
                 {{"plugin_id", owner_or_kernel(fault.owner)}, {"call", fault.name}, {"exception", fault.what}});
}

using Field = std::uint64_t net::LoopSnapshot::*;
struct LoopFigure {
    const char* name;
    const char* help;
    MetricKind kind;
    Field field;
};

constexpr LoopFigure kLoopFigures[] = {
    {"televisit_net_connections", "Connections open now", MetricKind::gauge, &net::LoopSnapshot::connections},
    {"televisit_net_channels", "WebSocket connections open now", MetricKind::gauge, &net::LoopSnapshot::channels},
    {"televisit_net_accepted_total", "Connections accepted", MetricKind::counter, &net::LoopSnapshot::accepted},
    {"televisit_net_messages_received_total", "WebSocket messages received", MetricKind::counter,
     &net::LoopSnapshot::messages_in},
    {"televisit_net_messages_sent_total", "WebSocket messages sent", MetricKind::counter,
     &net::LoopSnapshot::messages_out},
    {"televisit_net_received_bytes_total", "Bytes read from sockets", MetricKind::counter,
     &net::LoopSnapshot::bytes_in},
    {"televisit_net_sent_bytes_total", "Bytes written to sockets", MetricKind::counter, &net::LoopSnapshot::bytes_out},
    {"televisit_net_queued_messages_total", "Messages that waited for their socket", MetricKind::counter,
     &net::LoopSnapshot::queued},
    {"televisit_net_slow_readers_total", "Channels closed at their byte limit", MetricKind::counter,
     &net::LoopSnapshot::slow_readers},
    {"televisit_net_control_floods_total", "Channels closed for their pings and pongs", MetricKind::counter,
     &net::LoopSnapshot::control_floods},
    {"televisit_net_protocol_errors_total", "HTTP and WebSocket framing faults", MetricKind::counter,
     &net::LoopSnapshot::protocol_errors},
    {"televisit_net_timeouts_total", "Connections closed by a deadline", MetricKind::counter,
     &net::LoopSnapshot::timeouts},
    {"televisit_http_late_answers_total", "Requests answered 503 at their deadline", MetricKind::counter,
     &net::LoopSnapshot::late_answers},
    {"televisit_http_abandoned_total", "Requests whose client went away first", MetricKind::counter,
     &net::LoopSnapshot::abandoned},
    {"televisit_loop_slow_steps_total", "Steps that held an event loop too long", MetricKind::counter,
     &net::LoopSnapshot::slow_steps},
    {"televisit_loop_posted_total", "Tasks that other threads gave an event loop", MetricKind::counter,
     &net::LoopSnapshot::posted},
    {"televisit_loop_wakeups_total", "Times that an event loop was woken for them", MetricKind::counter,
     &net::LoopSnapshot::wakeups},
};

MetricSample sample(MetricLabels labels, double value) {
    MetricSample result;
    result.labels = std::move(labels);
    result.value = value;
    return result;
}

void add_loops(std::vector<MetricFamily>& families, const net::ServerSnapshot& snapshot) {
    for (const LoopFigure& figure : kLoopFigures) {
        MetricFamily family{figure.name, figure.help, figure.kind, {}};
        for (const net::LoopSnapshot& loop : snapshot.loops)
            family.samples.push_back(sample({{"loop", loop.name}}, static_cast<double>(loop.*figure.field)));
        families.push_back(std::move(family));
    }
    MetricFamily busy{"televisit_loop_busy_seconds_total", "Time that an event loop worked", MetricKind::counter, {}};
    for (const net::LoopSnapshot& loop : snapshot.loops)
        busy.samples.push_back(sample({{"loop", loop.name}}, static_cast<double>(loop.busy_micros) / 1e6));
    families.push_back(std::move(busy));
}

void add_routes(std::vector<MetricFamily>& families, const net::ServerSnapshot& snapshot) {
    MetricFamily requests{"televisit_http_requests_total", "Requests answered", MetricKind::counter, {}};
    MetricFamily seconds{"televisit_http_request_seconds", "Time to the answer", MetricKind::histogram, {}};
    for (const auto& route : snapshot.routes) {
        const MetricLabels labels{{"plugin", owner_or_kernel(route.owner)},
                                  {"route", route.route},
                                  {"method", std::string(to_string(route.method))}};
        for (const auto& [status, count] : route.by_status) {
            MetricLabels with_status = labels;
            with_status.emplace_back("status", status == 0 ? "other" : std::to_string(status));
            requests.samples.push_back(sample(std::move(with_status), static_cast<double>(count)));
        }
        if (route.count == 0) continue;
        MetricSample times = sample(labels, static_cast<double>(route.micros) / 1e6);
        std::uint64_t cumulative = 0;
        for (std::size_t i = 0; i < net::kLatencyBounds.size(); ++i) {
            cumulative += route.latency[i];
            times.buckets.emplace_back(static_cast<double>(net::kLatencyBounds[i]) / 1e6, cumulative);
        }
        times.count = cumulative + route.latency.back();
        seconds.samples.push_back(std::move(times));
    }
    families.push_back(std::move(requests));
    families.push_back(std::move(seconds));
}

MetricFamily refusals(const net::ServerSnapshot& snapshot) {
    MetricFamily family{"televisit_net_refused_total",
                        "Connections and requests refused, by the limit they have met",
                        MetricKind::counter,
                        {}};
    for (const net::Limit limit : net::kLimits)
        family.samples.push_back(sample({{"limit", std::string(to_string(limit))}},
                                        static_cast<double>(snapshot.limits_met[static_cast<std::size_t>(limit)])));
    return family;
}

}  // namespace

net::ServerHooks net_hooks(Logger& logger, MetricRegistry& metrics, bool access_log) {
    net::ServerHooks hooks;
    if (access_log) hooks.access = [&logger](const net::AccessRecord& record) { log_access(logger, record); };
    hooks.slow = [&logger, &metrics](const net::SlowTask& task) { tell_slow(logger, metrics, task); };
    hooks.fault = [&logger, &metrics](const net::TaskFault& fault) { tell_fault(logger, metrics, fault); };
    return hooks;
}

std::vector<MetricFamily> net_metrics(const net::Server& server) {
    const net::ServerSnapshot snapshot = server.snapshot();
    std::vector<MetricFamily> families;
    add_loops(families, snapshot);
    add_routes(families, snapshot);
    families.push_back(refusals(snapshot));
    families.push_back({"televisit_net_accept_pauses_total",
                        "Times that no descriptor was left for a connection",
                        MetricKind::counter,
                        {sample({}, static_cast<double>(snapshot.accept_pauses))}});
    return families;
}

}  // namespace televisit::daemon
