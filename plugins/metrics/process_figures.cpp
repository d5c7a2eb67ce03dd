#include "process_figures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

namespace televisit::metrics {

namespace {

void add(std::vector<MetricFamily>& families, const char* name, const char* help, MetricKind kind, double value) {
    families.push_back({name, help, kind, {{{}, value, 0, {}}}});
}

/// Fields of /proc/self/stat, counted as in proc(5): field 3 is the first here, for the name before it may hold
/// anything.
std::vector<std::string> stat_fields() {
    std::ifstream file("/proc/self/stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return {};
    std::istringstream rest(text.substr(name_end + 1));
    return {std::istream_iterator<std::string>(rest), {}};
}

std::optional<double> boot_time() {
    std::ifstream file("/proc/stat");
    std::string word;
    double seconds = 0;
    while (file >> word)
        if (word == "btime" && file >> seconds) return seconds;
    return std::nullopt;
}

void add_stat_figures(std::vector<MetricFamily>& families) {
    constexpr std::size_t kUserTicks = 14 - 3;
    constexpr std::size_t kSystemTicks = 15 - 3;
    constexpr std::size_t kThreads = 20 - 3;
    constexpr std::size_t kStartTicks = 22 - 3;
    constexpr std::size_t kVirtualBytes = 23 - 3;
    constexpr std::size_t kResidentPages = 24 - 3;
    const auto fields = stat_fields();
    if (fields.size() <= kResidentPages) return;
    const auto number = [&](std::size_t field) { return std::stod(fields[field]); };
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    add(families, "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", MetricKind::counter,
        (number(kUserTicks) + number(kSystemTicks)) / ticks);
    add(families, "process_resident_memory_bytes", "Resident memory size in bytes.", MetricKind::gauge,
        number(kResidentPages) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
    if (const auto boot = boot_time())
        add(families, "process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
            MetricKind::gauge, *boot + number(kStartTicks) / ticks);
    add(families, "process_threads", "Number of operating system threads.", MetricKind::gauge, number(kThreads));
    add(families, "process_virtual_memory_bytes", "Virtual memory size in bytes.", MetricKind::gauge,
        number(kVirtualBytes));
}

void add_descriptor_figures(std::vector<MetricFamily>& families) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        add(families, "process_max_fds", "Maximum number of open file descriptors.", MetricKind::gauge,
            static_cast<double>(limit.rlim_cur));
    std::error_code failure;
    const std::filesystem::directory_iterator open("/proc/self/fd", failure);
    if (!failure)
        add(families, "process_open_fds", "Number of open file descriptors.", MetricKind::gauge,
            static_cast<double>(std::distance(std::filesystem::begin(open), std::filesystem::end(open))));
}

}  // namespace

std::vector<MetricFamily> process_figures() {
    std::vector<MetricFamily> families;
    add_stat_figures(families);
    add_descriptor_figures(families);
    return families;
}

}  // namespace televisit::metrics
