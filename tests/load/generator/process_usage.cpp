#include "process_usage.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "failure.hpp"

namespace televisit::load {
namespace {

double cpu_seconds(const std::string& folder) {
    std::ifstream stat(folder + "/stat");
    std::string line;
    if (!std::getline(stat, line)) throw Failure("cannot read " + folder + "/stat: is the server still running?");
    // The name, in parentheses, may hold anything; the numbers follow its last ')'.
    std::istringstream fields(line.substr(line.rfind(')') + 2));
    std::string skipped;
    for (int i = 3; i < 14; ++i) fields >> skipped;
    std::int64_t user = 0, system = 0;
    fields >> user >> system;
    return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

int open_files(const std::string& folder) {
    std::error_code refused;
    const std::filesystem::directory_iterator files(folder + "/fd", refused);
    return refused ? 0 : static_cast<int>(std::distance(begin(files), end(files)));
}

}  // namespace

ProcessUsage usage_of(const std::vector<int>& pids) {
    ProcessUsage usage;
    for (const int pid : pids) {
        const std::string folder = "/proc/" + std::to_string(pid);
        usage.cpu_seconds += cpu_seconds(folder);
        usage.files += open_files(folder);
        std::ifstream status(folder + "/status");
        for (std::string line; std::getline(status, line);) {
            std::istringstream words(line);
            std::string name;
            std::int64_t value = 0;
            words >> name >> value;
            if (name == "VmRSS:") usage.rss_bytes += value * 1024;
            if (name == "Threads:") usage.threads += static_cast<int>(value);
        }
    }
    return usage;
}

double own_cpu_seconds() {
    rusage used;
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace televisit::load
