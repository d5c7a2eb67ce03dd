#include "coturn.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace televisit::turn::testing {

namespace {

/// Starts a program with its output in `out`; it dies with us.
pid_t spawn(std::vector<std::string> command, int out) {
    std::vector<char*> arguments;
    for (auto& argument : command) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

/// Reads until `wanted` was written; false when the program ended before.
bool wait_for(int log, const std::string& wanted) {
    std::string text;
    std::array<char, 4096> piece{};
    while (text.find(wanted) == std::string::npos) {
        const auto size = ::read(log, piece.data(), piece.size());
        if (size <= 0) return false;
        text.append(piece.data(), static_cast<std::size_t>(size));
    }
    return true;
}

bool accepts(std::uint16_t port) {
    const int tcp = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const bool connected = ::connect(tcp, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(tcp);
    return connected;
}

/// Waits until somebody listens there; false when the program ended before, or nobody does.
bool wait_until_accepts(std::uint16_t port, pid_t pid) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!accepts(port)) {
        if (std::chrono::steady_clock::now() > patience || ::waitpid(pid, nullptr, WNOHANG) != 0) return false;
        std::this_thread::yield();
    }
    return true;
}

}  // namespace

std::uint16_t free_port() {
    for (int attempt = 0; attempt < 50; ++attempt) {
        const int udp = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        const int tcp = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        const bool free =
            ::bind(udp, raw, size) == 0 && ::getsockname(udp, raw, &size) == 0 && ::bind(tcp, raw, size) == 0;
        ::close(udp);
        ::close(tcp);
        if (free) return ntohs(address.sin_port);
    }
    throw std::runtime_error("no free port");
}

Coturn::Coturn(const std::string& secret, const std::string& user, const Certificate* certificate,
               const std::vector<std::string>& more)
    : port_(free_port()), tls_port_(free_port()) {
    std::string pattern = (std::filesystem::temp_directory_path() / "televisit-coturn-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for coturn");
    folder_ = pattern;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe for coturn");
    std::vector<std::string> command{"turnserver",
                                     "-n",
                                     "--listening-ip=127.0.0.1",
                                     "--listening-port=" + std::to_string(port_),
                                     "--relay-ip=127.0.0.1",
                                     "--min-port=50000",
                                     "--max-port=50200",
                                     "--realm=televisit.test",
                                     "--allow-loopback-peers",
                                     "--no-cli",
                                     "--no-dtls",
                                     "--no-multicast-peers",
                                     "--fingerprint",
                                     "--userdb=" + folder_ + "/turndb",
                                     "--pidfile=" + folder_ + "/pid",
                                     "--log-file=stdout"};
    if (user.empty()) {
        command.push_back("--use-auth-secret");
        command.push_back("--static-auth-secret=" + secret);
    } else {
        command.push_back("--lt-cred-mech");
        command.push_back("--user=" + user);
    }
    if (certificate != nullptr) {
        command.push_back("--tls-listening-port=" + std::to_string(tls_port_));
        command.push_back("--cert=" + certificate->file());
        command.push_back("--pkey=" + certificate->key_file());
    } else {
        command.push_back("--no-tls");
    }
    command.insert(command.end(), more.begin(), more.end());
    pid_ = spawn(std::move(command), ends[1]);
    ::close(ends[1]);
    log_ = ends[0];
    // It says so before its threads have opened all listeners.
    if (!wait_for(log_, "Total General servers") || !wait_until_accepts(port_, pid_) ||
        (certificate != nullptr && !wait_until_accepts(tls_port_, pid_)))
        throw std::runtime_error("turnserver did not start; is coturn installed?");
}

Coturn::~Coturn() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::close(log_);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

bool can_relay(std::uint16_t port, const std::string& username, const std::string& password) {
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    const pid_t pid = spawn({"turnutils_uclient", "-u", username, "-w", password, "-y", "-c", "-n", "1", "-m", "1",
                             "-p", std::to_string(port), "127.0.0.1"},
                            nowhere);
    ::close(nowhere);
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) throw std::runtime_error("turnutils_uclient is not installed");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace televisit::turn::testing
