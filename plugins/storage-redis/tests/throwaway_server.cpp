#include "throwaway_server.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

namespace televisit::storage_redis::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr char kProgram[] = TELEVISIT_REDIS_PROGRAM;

fs::path new_folder() {
    auto name = (fs::temp_directory_path() / "televisit-redis-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()));
    return name;
}

/// Runs in the child: writing fails, instead of ending the process.
void limit_files(std::size_t bytes) {
    if (bytes == 0) return;
    const rlimit limit{bytes, bytes};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0 || ::signal(SIGXFSZ, SIG_IGN) == SIG_ERR) ::_exit(126);
}

pid_t spawn(const fs::path& folder, const std::vector<std::string>& words, std::size_t largest_file) {
    const auto log = folder / "log";
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid != 0) return pid;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!::freopen(log.c_str(), "a", stdout) || ::dup2(1, 2) < 0 || ::chdir(folder.c_str()) != 0) ::_exit(126);
    limit_files(largest_file);
    ::execv(kProgram, arguments.data());
    ::_exit(127);
}

/// Whether it lets a client in, or asks for its password: it has read all its data.
bool is_ready(const ConnectionSettings& settings) {
    const auto connection = Connection::open(settings, in_time(10s));
    return connection.ok() || (connection.error().detail.find("lost") == std::string::npos &&
                               connection.error().detail.find("LOADING") == std::string::npos);
}

}  // namespace

ThrowawayServer::ThrowawayServer(Disk disk, std::vector<std::string> more) : folder_(new_folder()) {
    words_ = {"redis-server", "--port", "0", "--unixsocket", socket(), "--dir", folder_.string(), "--save", ""};
    if (disk == Disk::written_first) words_.insert(words_.end(), {"--appendonly", "yes", "--appendfsync", "always"});
    words_.insert(words_.end(), more.begin(), more.end());
    start();
}

ThrowawayServer::~ThrowawayServer() {
    kill();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

ConnectionSettings ThrowawayServer::settings() const {
    ConnectionSettings settings;
    settings.path = socket();
    return settings;
}

std::unique_ptr<Connection> ThrowawayServer::connected() const {
    auto connection = Connection::open(settings(), in_time());
    INFO((connection.ok() ? "" : connection.error().detail) << log());
    REQUIRE(connection.ok());
    return *std::move(connection);
}

void ThrowawayServer::start() {
    pid_ = spawn(folder_, words_, largest_file_);
    const auto until = in_time();
    while (!is_ready(settings())) {
        INFO(log());
        REQUIRE(std::chrono::steady_clock::now() < until);
        REQUIRE(::waitpid(pid_, nullptr, WNOHANG) == 0);
        // Nothing tells when it listens.
        std::this_thread::sleep_for(5ms);
    }
}

void ThrowawayServer::signal(int signal) const {
    ::kill(pid_, signal);
}

void ThrowawayServer::kill() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

std::string ThrowawayServer::log() const {
    std::ifstream in(folder_ / "log");
    return {std::istreambuf_iterator<char>(in), {}};
}

ThrowawayServer& shared_server() {
    static ThrowawayServer server;
    return server;
}

ThrowawayServer& shared_durable_server() {
    static ThrowawayServer server(Disk::written_first);
    return server;
}

}  // namespace televisit::storage_redis::testing
