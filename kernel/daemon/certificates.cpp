#include "daemon/certificates.hpp"

namespace televisit::daemon {
namespace {

using std::chrono::days;

std::int64_t whole_days(Duration time) {
    return std::chrono::floor<days>(time).count();
}

}  // namespace

Certificates::Certificates(const std::vector<ListenerTls>& listeners, const Clock& clock, Logger& logger)
    : clock_(clock), logger_(logger) {
    for (const ListenerTls& tls : listeners) {
        One& one = all_.emplace_back(tls);
        one.renewed = clock.steady_now();
        logger.info("certificate read", {{"listener", one.listener},
                                         {"file", one.source->files().certificate.native()},
                                         {"days_left", whole_days(one.source->not_after() - clock.now())}});
        warn_of_end(one);
    }
}

void Certificates::look(Why why) {
    for (One& one : all_) {
        if (wants_reading(one, why)) read(one);
        renew_tickets(one);
        warn_of_end(one);
    }
}

// Certificate and key are two files, and replaced one after the other: what has just changed may be half of it.
bool Certificates::wants_reading(One& one, Why why) const {
    const net::tls::Stamp now = net::tls::stamp_of(one.source->files());
    const bool rests = now == one.seen;
    one.seen = now;
    return why == Why::asked || (rests && !(now == one.source->stamp()));
}

void Certificates::read(One& one) {
    const auto done = one.source->reload();
    one.stale = !done;
    if (done) {
        ++one.replaced;
        one.renewed = clock_.steady_now();
        one.warned = {};
        return logger_.info("certificate read", {{"listener", one.listener},
                                                 {"file", one.source->files().certificate.native()},
                                                 {"days_left", whole_days(one.source->not_after() - clock_.now())}});
    }
    ++one.kept;
    const auto& files = one.source->files();
    const bool about_key = done.error().name() == net::tls::kKeyFault;
    logger_.error("certificate cannot be replaced",
                  {{"listener", one.listener},
                   {"file", (about_key ? files.key : files.certificate).native()},
                   {"why", done.error().message},
                   {"days_left", whole_days(one.source->not_after() - clock_.now())}});
}

void Certificates::warn_of_end(One& one) {
    const Instant now = clock_.now();
    const Duration left = one.source->not_after() - now;
    if (left > kWarnBefore || now - one.warned < days(1)) return;
    one.warned = now;
    const std::string_view file = one.source->files().certificate.native();
    if (left.count() <= 0)
        return logger_.error("certificate has expired", {{"listener", one.listener}, {"file", file}});
    logger_.warning("certificate expires soon",
                    {{"listener", one.listener}, {"file", file}, {"days_left", whole_days(left)}});
}

void Certificates::renew_tickets(One& one) {
    const SteadyTime now = clock_.steady_now();
    if (now - one.renewed < kTicketLife) return;
    one.renewed = now;
    if (const auto done = one.source->renew_tickets(); !done)
        logger_.error("ticket keys cannot be renewed", {{"listener", one.listener}, {"why", done.error().message}});
}

std::vector<MetricFamily> Certificates::metrics() const {
    MetricFamily left{"televisit_tls_certificate_expires_seconds",
                      "Time until the certificate in use expires",
                      MetricKind::gauge,
                      {}};
    MetricFamily stale{"televisit_tls_certificate_stale",
                       "Whether the files hold what cannot replace the one in use",
                       MetricKind::gauge,
                       {}};
    MetricFamily reads{"televisit_tls_certificate_reads_total",
                       "Times that a certificate was read while in use",
                       MetricKind::counter,
                       {}};
    MetricFamily handshakes{"televisit_tls_handshakes_total", "TLS handshakes that ended", MetricKind::counter, {}};
    MetricFamily resumed{"televisit_tls_resumed_total", "Handshakes that resumed a session", MetricKind::counter, {}};
    const auto add = [](MetricFamily& family, MetricLabels labels, double value) {
        MetricSample sample;
        sample.labels = std::move(labels);
        sample.value = value;
        family.samples.push_back(std::move(sample));
    };
    for (const One& one : all_) {
        const auto& figures = one.source->figures();
        const auto count = [](const std::atomic<std::uint64_t>& figure) {
            return static_cast<double>(figure.load(std::memory_order_relaxed));
        };
        using Seconds = std::chrono::duration<double>;
        const auto& name = one.listener;
        add(left, {{"listener", name}}, Seconds(one.source->not_after() - clock_.now()).count());
        add(stale, {{"listener", name}}, one.stale ? 1 : 0);
        add(reads, {{"listener", name}, {"result", "used"}}, count(one.replaced));
        add(reads, {{"listener", name}, {"result", "refused"}}, count(one.kept));
        add(handshakes, {{"listener", name}, {"result", "completed"}}, count(figures.completed));
        add(handshakes, {{"listener", name}, {"result", "failed"}}, count(figures.failed));
        add(resumed, {{"listener", name}}, count(figures.resumed));
    }
    return {std::move(left), std::move(stale), std::move(reads), std::move(handshakes), std::move(resumed)};
}

}  // namespace televisit::daemon
