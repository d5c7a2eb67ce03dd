#include "figures.hpp"

#include <cstdio>

#include "json_text.hpp"

namespace televisit::load {
namespace {

const char* name_of(Mode mode) noexcept {
    switch (mode) {
        case Mode::relay:
            return "relay";
        case Mode::open:
            return "open";
        case Mode::idle:
            return "idle";
        case Mode::cycle:
            return "cycle";
    }
    return "";
}

double mebibytes(std::int64_t bytes) noexcept {
    return static_cast<double>(bytes) / 1048576;
}

class Report {
  public:
    Report(const Figures& figures, const Options& options) : f_(figures), o_(options) {}

    std::string text() {
        if (o_.json)
            out_ = "{\"label\":\"" + json_escape(o_.label) + "\",\"mode\":\"" + name_of(o_.mode) + '"';
        else
            out_ = (o_.label.empty() ? "" : o_.label + ": ") + "mode " + name_of(o_.mode) + '\n';
        number("conns", o_.connections);
        number("measured_s", f_.measured_seconds, 3);
        if (o_.mode == Mode::cycle)
            cycles();
        else
            number("setup_s", f_.setup_seconds, 3);
        if (has_traffic()) traffic();
        if (!o_.pids.empty()) server();
        number("generator_cpu_pct", 100 * f_.own_cpu_seconds / f_.measured_seconds, 1);
        number("pings_answered", f_.counters.pings);
        number("other_events", f_.counters.other_events);
        if (has_traffic()) messages();
        number("server_errors", f_.counters.server_errors);
        number("dropped_connections", f_.counters.drops);
        number("exit", f_.status());
        if (o_.json) out_ += "}\n";
        return std::move(out_);
    }

  private:
    bool has_traffic() const noexcept { return o_.mode == Mode::relay || o_.mode == Mode::open; }

    template <class Value>
    void number(const char* name, Value value, int decimals = 0) {
        char digits[64];
        std::snprintf(digits, sizeof digits, "%.*f", decimals, static_cast<double>(value));
        out_ += o_.json ? std::string(",\"") + name + "\":" + digits : std::string(name) + ' ' + digits + '\n';
    }

    void cycles() {
        number("cycles", f_.cycles);
        number("cycles_per_s", static_cast<double>(f_.cycles) / f_.measured_seconds, 1);
    }

    void traffic() {
        if (o_.mode == Mode::relay) number("window", o_.window);
        if (o_.mode == Mode::open) number("rate_wanted", o_.rate, 1);
        number("packet_bytes", f_.packet_bytes);
        number("messages", f_.messages);
        number("msgs_per_s", static_cast<double>(f_.messages) / f_.measured_seconds, 1);
        number("latency_p50_us", f_.latency.percentile_us(50), 1);
        number("latency_p99_us", f_.latency.percentile_us(99), 1);
        number("latency_p999_us", f_.latency.percentile_us(99.9), 1);
        number("latency_max_us", f_.latency.max_us(), 1);
        if (o_.mode == Mode::open) number("generator_lag_p99_us", f_.lag.percentile_us(99), 1);
    }

    void server() {
        const double cpu = f_.end.cpu_seconds - f_.start.cpu_seconds;
        const auto share = [&](std::uint64_t of) { return of > 0 ? cpu * 1e6 / static_cast<double>(of) : 0; };
        number("server_cpu_pct", 100 * cpu / f_.measured_seconds, 1);
        if (has_traffic()) number("server_cpu_us_per_msg", share(f_.messages), 3);
        number("server_rss_start_mib", mebibytes(f_.before.rss_bytes), 2);
        if (o_.mode == Mode::cycle) {
            number("server_cpu_us_per_cycle", share(f_.cycles), 1);
            number("server_rss_warm_mib", mebibytes(f_.start.rss_bytes), 2);
            number("server_files_start", f_.before.files);
            number("server_files_end", f_.end.files);
        } else {
            const double grown = static_cast<double>(f_.joined.rss_bytes - f_.before.rss_bytes);
            number("server_rss_joined_mib", mebibytes(f_.joined.rss_bytes), 2);
            number("server_rss_bytes_per_conn", grown / o_.connections);
        }
        number("server_rss_end_mib", mebibytes(f_.end.rss_bytes), 2);
        number("server_threads", f_.end.threads);
    }

    void messages() {
        number("sent", f_.counters.sent);
        number("received", f_.counters.received);
        number("lost", f_.counters.lost);
        number("misrouted", f_.counters.misrouted);
        number("duplicated", f_.counters.duplicated);
        number("reordered", f_.counters.reordered);
        number("corrupt", f_.counters.corrupt);
    }

    const Figures& f_;
    const Options& o_;
    std::string out_;
};

}  // namespace

std::string report(const Figures& figures, const Options& options) {
    return Report(figures, options).text();
}

}  // namespace televisit::load
