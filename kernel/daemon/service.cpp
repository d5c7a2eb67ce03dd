#include "daemon/service.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "daemon/exit_codes.hpp"
#include "daemon/net_telemetry.hpp"
#include "daemon/open_files.hpp"
#include "daemon/systemd.hpp"
#include "daemon/version.hpp"

namespace televisit::daemon {
namespace {

constexpr std::size_t kDomainThreads = 4;
constexpr std::size_t kDomainQueue = 65'536;
constexpr std::chrono::milliseconds kWorkerPatience{2'000};
constexpr std::chrono::milliseconds kAdminPatience{500};
constexpr std::chrono::seconds kStopSlack{10};
constexpr std::size_t kOwnFiles =
    256;  // open beside the connections of clients: log, records, libraries, loops, operators

// One run of one process: a name that was never used before.
NodeId node_of(const std::string& configured, Secrets& secrets) {
    std::string name = configured;
    if (name.empty()) {
        char host[65] = "node";
        ::gethostname(host, sizeof host - 1);
        name = host;
    }
    return NodeId(name + "-" + secrets.uuid().substr(0, 8));
}

}  // namespace

Service::Service(Settings settings, Secrets& secrets)
    : settings_(std::move(settings)),
      secrets_(secrets),
      node_(node_of(settings_.node_id, secrets)),
      events_(metrics_),
      status_(kVersion, node_) {}

Service::~Service() {
    timers_.stop();
    domain_.reset();
    plugins_.reset();
    if (net_) net_->stop();  // before its handlers go
}

std::optional<ServiceFault> Service::start() {
    for (const auto step : {&Service::open_log, &Service::open_net, &Service::start_plugins, &Service::open_public})
        if (auto fault = (this->*step)()) {
            if (!fault->hung && !end_workers()) fault->hung = true;
            return fault;
        }
    status_.set_started();
    status_.set_ready(true);
    drain_->open();
    logger_->info("ready", {{"node", node_.view()}, {"version", kVersion}, {"pid", ::getpid()}});
    notify_systemd("READY=1");
    if (const auto period = watchdog_period()) watch_for_systemd(*period);
    return std::nullopt;
}

std::optional<ServiceFault> Service::open_log() {
    auto log = runtime::LogSink::open(settings_.log_destination, settings_.log_level, settings_.log_queue);
    if (!log) return ServiceFault{kStartFailed, false, log.error().message};
    log_ = std::move(*log);
    logger_ = std::make_unique<runtime::JsonLogger>(*log_, clock_, "");
    metrics_.add_source([this] {
        MetricSample lost;
        lost.value = static_cast<double>(log_->dropped());
        return std::vector<MetricFamily>{{"televisit_log_dropped_total",
                                          "Log records that did not fit the queue",
                                          MetricKind::counter,
                                          {std::move(lost)}}};
    });
    logger_->info("starting", {{"version", kVersion}, {"config", settings_.config_file.string()}});
    return std::nullopt;
}

std::optional<ServiceFault> Service::open_net() {
    if (const std::size_t files = raise_open_files(); files < settings_.net.max_connections + kOwnFiles)
        logger_->warning("fewer files may be open than the connections that are configured need",
                         {{"files", files}, {"connections", settings_.net.max_connections}});
    auto server = net::Server::create(settings_.net, net_hooks(*logger_, metrics_, settings_.log_access), clock_);
    if (!server) return failed(server.error().message);
    net_ = std::move(*server);
    frontend_ = std::make_unique<NetFrontend>(*net_);
    metrics_.add_source([this] { return net_metrics(*net_); });
    admin_ = std::make_unique<AdminRoutes>(status_, *net_, settings_.plugins);
    if (auto added = admin_->add_to(*net_); !added) return failed(added.error().message);
    drain_ = std::make_unique<Drain>(Drain::Steps{[this](const DrainNotice& notice) { announce_drain(notice); },
                                                  [this] { return clients(); }, [this] { empty(); }});
    operator_ = std::make_unique<OperatorRoutes>(
        *drain_, [this] { return clients(); }, clock_, *logger_);
    if (auto added = operator_->add_to(*net_); !added) return failed(added.error().message);
    if (!settings_.tls.empty())
        certificates_ = std::make_unique<CertificateWatch>(settings_.tls, clock_, *logger_, metrics_);
    net_->start();
    for (const net::ListenerOptions& options : settings_.admin_listeners) {
        const auto endpoint = net_->listen(options);
        if (!endpoint) return failed("admin listener: " + endpoint.error().message);
        logger_->info(
            "listening",
            {{"listener", "admin"}, {"address", endpoint->address}, {"port", endpoint->port}, {"tls", options.secure}});
    }
    return std::nullopt;
}

std::optional<ServiceFault> Service::start_plugins() {
    tell_unused();
    domain_guard_ = std::make_unique<runtime::Guard>("consultations", *logger_, metrics_);
    domain_pool_ = std::make_unique<runtime::WorkerPool>("consultations", kDomainThreads, kDomainQueue);
    domain_executor_ = std::make_unique<runtime::PoolExecutor>(*domain_pool_, timers_, clock_, *domain_guard_);
    domain_events_ = std::make_unique<loader::PluginEvents>(events_, *domain_pool_, *domain_guard_);

    const loader::KernelServices kernel{clock_, secrets_, *log_, metrics_, timers_, events_, *frontend_, status_};
    plugins_ = std::make_unique<loader::PluginSet>(settings_.plugins, kernel, consultations_, settings_.deadlines);
    if (const auto faults = plugins_->create(); !faults.empty()) {
        std::string text;
        for (const loader::LifecycleFault& fault : faults) text += (text.empty() ? "" : "\n") + fault.text;
        return failed(text);
    }
    const auto started = plugins_->start({[this](const loader::ProviderTable& ports, const CallContext& context) {
                                              return start_domain(ports, context);
                                          },
                                          [this](const CallContext& context) { stop_domain(context); }});
    if (!started) return lifecycle_fault(true);
    return std::nullopt;
}

void Service::tell_unused() {
    for (const loader::UnusedPlugin& plugin : settings_.plugins.unused)
        logger_->info("plugin not loaded: no role names it",
                      {{"plugin_id", plugin.id}, {"use", plugin.use}, {"provides", plugin.capabilities}});
    for (const loader::PlannedPlugin& plugin : settings_.plugins.plugins)
        logger_->info("plugin", {{"plugin_id", plugin.id},
                                 {"use", plugin.use},
                                 {"version", plugin.manifest.version},
                                 {"provides", loader::joined(plugin.capabilities)}});
}

Result<void> Service::start_domain(const loader::ProviderTable& ports, const CallContext& context) {
    consult::Settings settings = settings_.consultations;
    settings.node = node_;
    domain_ = std::make_unique<consult::Domain>(consult::Ports{.records = *ports.records,
                                                               .presence = *ports.presence,
                                                               .backplane = *ports.backplane,
                                                               .authenticator = ports.authenticator,
                                                               .ice = ports.ice,
                                                               .admission = ports.admission,
                                                               .clock = clock_,
                                                               .secrets = secrets_,
                                                               .executor = *domain_executor_,
                                                               .events = *domain_events_,
                                                               .metrics = metrics_,
                                                               .logger = *logger_},
                                                std::move(settings));
    if (auto started = domain_->start(context); !started) return started;
    status_.set_away([reach = domain_->reach()] { return reach->away(); });
    consultations_.set(domain_.get());
    operator_->set_domain(domain_.get());
    return {};
}

void Service::stop_domain(const CallContext& context) {
    status_.set_away({});
    operator_->set_domain(nullptr);
    consultations_.set(nullptr);
    domain_->stop(context);
    domain_executor_->close();
}

std::optional<ServiceFault> Service::open_public() {
    const auto endpoint = net_->listen(settings_.public_listener);
    if (!endpoint) {
        const std::string text = "public listener: " + endpoint.error().message;
        if (const auto stopped = plugins_->stop(); !stopped) return lifecycle_fault(false);
        return failed(text);
    }
    logger_->info("listening", {{"listener", "public"},
                                {"address", endpoint->address},
                                {"port", endpoint->port},
                                {"tls", settings_.public_listener.secure}});
    return std::nullopt;
}

std::optional<ServiceFault> Service::stop(const std::string& why) {
    logger_->info("stopping", {{"why", why}});
    notify_systemd("STOPPING=1");
    limit_stop();
    if (!drain_->finish()) {
        status_.set_ready(false);
        if (settings_.drain_delay.count() > 0) std::this_thread::sleep_for(settings_.drain_delay);
        empty();
    }
    if (const auto stopped = plugins_->stop(); !stopped) return lifecycle_fault(false);
    stop_net();
    const bool all_ended = end_workers();
    logger_->info("stopped");
    log_->flush();
    // A worker that is stuck in a plugin may still touch anything: the process ends around it.
    if (!all_ended) return ServiceFault{kStopped, true, ""};
    return std::nullopt;
}

void Service::announce_drain(const DrainNotice& notice) {
    status_.set_ready(false);
    logger_->info("draining", {{"clients", clients()}});
    notify_systemd("STATUS=draining");
    plugins_->announce_drain(notice);
}

std::size_t Service::clients() const {
    const auto loops = net_->snapshot().loops;
    std::size_t sum = 0;
    for (std::size_t i = 0; i + 1 < loops.size(); ++i) sum += loops[i].connections;  // the last is the admin loop
    return sum;
}

void Service::empty() {
    const SteadyTime drained_by = clock_.steady_now() + settings_.deadlines.drain;
    net_->stop_accepting(ListenerKind::public_listener);
    plugins_->drain();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(drained_by - clock_.steady_now());
    if (!net_->drain(ListenerKind::public_listener, std::max(left, std::chrono::milliseconds(0))))
        logger_->warning("connections were cut at the deadline");
    logger_->info("drained");
}

void Service::stop_net() {
    static_cast<void>(net_->drain(ListenerKind::admin_listener, kAdminPatience));
}

bool Service::end_workers() {
    const bool plugins_ended = !plugins_ || plugins_->end_workers(kWorkerPatience);
    const bool operators_ended = !operator_ || operator_->end_workers(clock_.steady_now() + kWorkerPatience);
    const bool domain_ended = !domain_pool_ || domain_pool_->stop(clock_.steady_now() + kWorkerPatience);
    return plugins_ended && operators_ended && domain_ended;
}

void Service::hang_up() noexcept {
    if (log_) log_->reopen();
    if (certificates_) certificates_->ask();
}

ServiceFault Service::failed(const std::string& text) {
    logger_->error("start failed", {{"why", text}});
    log_->flush();
    return {kStartFailed, false, text};
}

ServiceFault Service::lifecycle_fault(bool starting) {
    const loader::LifecycleFault& fault = plugins_->fault();
    const bool hung_in_start = starting && fault.text.find("has not started") != std::string::npos;
    logger_->error(starting ? "start failed" : "stop failed", {{"plugin_id", fault.plugin}, {"why", fault.text}});
    log_->flush();
    const int code = !fault.hung ? kStartFailed : hung_in_start ? kStartHung : kStopHung;
    return {code, fault.hung, fault.text};
}

void Service::watch_for_systemd(Duration period) {
    // Only when every loop has had its turn is the server alive.
    const LoopId loops = net_->loops().count();
    const auto waiting = std::make_shared<std::atomic<int>>(loops);
    for (LoopId id = 0; id < loops; ++id)
        net_->loops().post(id, [waiting] {
            if (--*waiting == 0) notify_systemd("WATCHDOG=1");
        });
    timers_.at(clock_.steady_now() + period, [this, period] { watch_for_systemd(period); });
}

void Service::limit_stop() {
    const auto most = settings_.drain_delay + 2 * settings_.deadlines.drain +
                      settings_.deadlines.stop * static_cast<int>(settings_.plugins.plugins.size() + 1) + kStopSlack;
    timers_.at(clock_.steady_now() + most, [] {
        static constexpr char kText[] = "televisitd: the stop has taken longer than all its deadlines together\n";
        static_cast<void>(!::write(STDERR_FILENO, kText, sizeof kText - 1));
        std::_Exit(kStopHung);
    });
}

}  // namespace televisit::daemon
