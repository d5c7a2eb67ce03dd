#include "throwaway_server.hpp"

#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <thread>
#include <vector>

#include "connection.hpp"
#include "schema.hpp"

namespace televisit::storage_postgres::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr char kPrograms[] = TELEVISIT_POSTGRES_PROGRAMS;
constexpr auto kPatience = 120s;

/// Runs in the child: PostgreSQL refuses to be root.
void become_postgres() {
    if (::getuid() != 0) return;
    const passwd* user = ::getpwnam("postgres");
    if (!user || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0) ::_exit(126);
}

pid_t spawn(const fs::path& folder, const std::vector<std::string>& words) {
    const auto program = fs::path(kPrograms) / words[0];
    const auto log = folder / "log";
    // PostgreSQL's programs look for each other beside the path that they were called by.
    std::vector<char*> arguments{const_cast<char*>(program.c_str())};
    for (std::size_t i = 1; i < words.size(); ++i) arguments.push_back(const_cast<char*>(words[i].c_str()));
    arguments.push_back(nullptr);
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid != 0) return pid;
    become_postgres();
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (!::freopen(log.c_str(), "a", stdout) || ::dup2(1, 2) < 0 || ::chdir(folder.c_str()) != 0) ::_exit(126);
    ::execv(program.c_str(), arguments.data());
    ::_exit(127);
}

std::vector<pid_t> children_of(pid_t pid) {
    const auto number = std::to_string(pid);
    std::ifstream in("/proc/" + number + "/task/" + number + "/children");
    std::vector<pid_t> children;
    for (pid_t child = 0; in >> child;) children.push_back(child);
    return children;
}

fs::path new_folder() {
    auto name = (fs::temp_directory_path() / "televisit-postgres-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()));
    fs::permissions(name, fs::perms(0755));
    if (::getuid() == 0) {
        const passwd* user = ::getpwnam("postgres");
        REQUIRE(user);
        REQUIRE(::chown(name.c_str(), user->pw_uid, user->pw_gid) == 0);
    }
    return name;
}

Result<std::unique_ptr<Connection>> connect(const std::string& url) {
    const auto settings = read_settings(url, "");
    REQUIRE(settings.ok());
    return Connection::open(*settings, std::chrono::steady_clock::now() + kPatience);
}

}  // namespace

ThrowawayServer::ThrowawayServer() : folder_(new_folder()) {
    const pid_t made = spawn(folder_, {"initdb", "--pgdata=data", "--username=postgres", "--auth=trust", "--no-sync",
                                       "--encoding=UTF8", "--locale=C.UTF-8"});
    int status = -1;
    REQUIRE(::waitpid(made, &status, 0) == made);
    INFO(log());
    REQUIRE(status == 0);
    start();
}

ThrowawayServer::~ThrowawayServer() {
    end(SIGKILL, true);
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

std::string ThrowawayServer::url(const std::string& database, const std::string& more) const {
    return "postgresql:///" + database + "?host=" + folder_.string() + "&user=postgres" + more;
}

void ThrowawayServer::start() {
    // What is written survives the end of the processes without fsync, though not that of the machine.
    const auto begin = [this] {
        pid_ = spawn(folder_,
                     {"postgres", "-D", "data", "-k", folder_.string(), "-c", "listen_addresses=", "-c", "fsync=off",
                      "-c", "shared_buffers=16MB", "-c", "max_connections=40", "-c", "autovacuum=off"});
    };
    begin();
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!connect(url("postgres")).ok()) {
        INFO(log());
        REQUIRE(std::chrono::steady_clock::now() < until);
        // It refuses as long as a backend of one that was killed before is not quite gone.
        if (::waitpid(pid_, nullptr, WNOHANG) == pid_) begin();
        // Nothing tells when it listens.
        std::this_thread::sleep_for(10ms);
    }
}

std::string ThrowawayServer::run_sql(const std::string& url, const std::string& sql) const {
    auto connection = connect(url);
    INFO(log());
    REQUIRE(connection.ok());
    return (*connection)->run(sql).state();
}

std::string ThrowawayServer::make_database() {
    const auto name = "d" + std::to_string(++made_);
    REQUIRE(run_sql(url("postgres"), "CREATE DATABASE " + name) == "");
    return url(name);
}

std::string ThrowawayServer::make_tables(const std::string& settings) {
    const auto name = "s" + std::to_string(++made_);
    REQUIRE(run_sql(url("postgres"), "CREATE SCHEMA " + name) == "");
    const auto inside = url("postgres", "&options=-csearch_path%3D" + name + settings);
    auto connection = connect(inside);
    REQUIRE(connection.ok());
    const auto done = migrate(**connection, known_migrations());
    INFO((done ? std::string() : done.error().message + done.error().detail + log()));
    REQUIRE(done.ok());
    return inside;
}

void ThrowawayServer::signal_all(int signal) const {
    for (const pid_t child : children_of(pid_)) ::kill(child, signal);
    ::kill(pid_, signal);
}

void ThrowawayServer::end(int signal, bool with_children) {
    if (pid_ < 0) return;
    const auto children = children_of(pid_);
    ::kill(pid_, signal);
    if (with_children)
        for (const pid_t child : children) ::kill(child, signal);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

void ThrowawayServer::kill() {
    end(SIGKILL, true);
}

void ThrowawayServer::stop() {
    end(SIGINT, false);
}

std::string ThrowawayServer::log() const {
    std::ifstream in(folder_ / "log");
    return {std::istreambuf_iterator<char>(in), {}};
}

ThrowawayServer& shared_server() {
    static ThrowawayServer server;
    return server;
}

}  // namespace televisit::storage_postgres::testing
