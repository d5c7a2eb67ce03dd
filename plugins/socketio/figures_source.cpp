#include "figures_source.hpp"

#include <string>
#include <utility>

namespace televisit::socketio {

namespace {

template <class Figures, class Select>
MetricSample sum(const std::vector<std::shared_ptr<const Figures>>& loops, MetricLabels labels, Select select) {
    MetricSample sample;
    sample.labels = std::move(labels);
    for (const auto& loop : loops) sample.value += static_cast<double>(select(*loop).get());
    return sample;
}

MetricFamily family(std::string name, std::string help, MetricKind kind, std::vector<MetricSample> samples) {
    return {std::move(name), std::move(help), kind, std::move(samples)};
}

}  // namespace

std::vector<MetricFamily> families_of(const std::vector<std::shared_ptr<const EngineFigures>>& engines,
                                      const std::vector<std::shared_ptr<const SocketFigures>>& sockets) {
    const auto engine = [&](MetricLabels labels, Figure EngineFigures::*figure) {
        return sum(engines, std::move(labels), [=](const EngineFigures& f) -> const Figure& { return f.*figure; });
    };
    const auto socket = [&](MetricLabels labels, Figure SocketFigures::*figure) {
        return sum(sockets, std::move(labels), [=](const SocketFigures& f) -> const Figure& { return f.*figure; });
    };
    std::vector<MetricFamily> all;
    all.push_back(family("televisit_engineio_sessions", "Engine.IO sessions open now.", MetricKind::gauge,
                         {engine({}, &EngineFigures::open)}));
    all.push_back(family("televisit_engineio_opened_total", "Engine.IO sessions begun, by their first transport.",
                         MetricKind::counter,
                         {engine({{"transport", "polling"}}, &EngineFigures::opened_polling),
                          engine({{"transport", "websocket"}}, &EngineFigures::opened_websocket)}));
    all.push_back(family("televisit_engineio_upgrades_total", "Sessions that went from long-polling to WebSocket.",
                         MetricKind::counter, {engine({}, &EngineFigures::upgraded)}));
    all.push_back(family(
        "televisit_engineio_refused_total", "Clients refused, by the limit that they have met.", MetricKind::counter,
        {engine({{"limit", "sessions_per_loop"}}, &EngineFigures::refused_full),
         engine({{"limit", "polling_per_address"}}, &EngineFigures::refused_polling),
         socket({{"limit", "unconnected"}}, &SocketFigures::refused_unconnected),
         socket({{"limit", "unconnected_per_address"}}, &SocketFigures::refused_unconnected_of_address)}));
    all.push_back(family("televisit_engineio_messages_total", "Messages, by direction.", MetricKind::counter,
                         {engine({{"direction", "in"}}, &EngineFigures::messages_in),
                          engine({{"direction", "out"}}, &EngineFigures::messages_out)}));
    std::vector<MetricSample> closed;
    for (const CloseCause cause : kCloseCauses)
        closed.push_back(
            sum(engines, {{"cause", std::string(to_string(cause))}},
                [=](const EngineFigures& f) -> const Figure& { return f.closed[static_cast<std::size_t>(cause)]; }));
    all.push_back(family("televisit_engineio_closed_total", "Sessions ended, by cause.", MetricKind::counter, closed));
    all.push_back(family("televisit_socketio_sockets", "Socket.IO sockets connected now, over all namespaces.",
                         MetricKind::gauge, {socket({}, &SocketFigures::connected)}));
    all.push_back(family("televisit_socketio_connects_total", "Sockets connected.", MetricKind::counter,
                         {socket({}, &SocketFigures::connects)}));
    all.push_back(family("televisit_socketio_refused_total", "Connections that a namespace refused.",
                         MetricKind::counter, {socket({}, &SocketFigures::refused)}));
    all.push_back(family("televisit_socketio_events_total", "Events, by direction.", MetricKind::counter,
                         {socket({{"direction", "in"}}, &SocketFigures::events_in),
                          socket({{"direction", "out"}}, &SocketFigures::events_out)}));
    all.push_back(family("televisit_socketio_malformed_total", "Clients closed for a malformed packet.",
                         MetricKind::counter, {socket({}, &SocketFigures::malformed)}));
    all.push_back(family("televisit_socketio_strand_overflows_total",
                         "Clients closed because too many of their events waited for an earlier one.",
                         MetricKind::counter, {socket({}, &SocketFigures::strand_overflows)}));
    all.push_back(family("televisit_socketio_handed_over_total",
                         "Events and other work that event loops got from other threads.", MetricKind::counter,
                         {socket({}, &SocketFigures::handed_over)}));
    all.push_back(family("televisit_socketio_handover_batches_total", "Batches in which they got them.",
                         MetricKind::counter, {socket({}, &SocketFigures::handover_batches)}));
    all.push_back(family("televisit_socketio_handover_overflows_total",
                         "Clients closed because their event loop was too far behind.", MetricKind::counter,
                         {socket({}, &SocketFigures::handover_overflows)}));
    all.push_back(family("televisit_socketio_away", "Sockets that have lost their connection and are kept.",
                         MetricKind::gauge, {socket({}, &SocketFigures::away)}));
    all.push_back(family("televisit_socketio_away_bytes", "Bytes of events that are kept for those.", MetricKind::gauge,
                         {socket({}, &SocketFigures::kept_bytes)}));
    all.push_back(family("televisit_socketio_away_lost_total", "Events for those that were lost for want of room.",
                         MetricKind::counter, {socket({}, &SocketFigures::not_kept)}));
    all.push_back(family("televisit_socketio_returns_total",
                         "Clients that came back for their sockets, by what they got.", MetricKind::counter,
                         {socket({{"outcome", "complete"}}, &SocketFigures::returned_whole),
                          socket({{"outcome", "behind"}}, &SocketFigures::returned_behind),
                          socket({{"outcome", "new"}}, &SocketFigures::not_returned)}));
    return all;
}

}  // namespace televisit::socketio
