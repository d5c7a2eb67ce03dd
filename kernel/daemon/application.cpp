#include "daemon/application.hpp"

#include <Poco/Util/HelpFormatter.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <mutex>

#include "daemon/exit_codes.hpp"
#include "daemon/service.hpp"
#include "daemon/settings.hpp"
#include "daemon/signals.hpp"
#include "daemon/version.hpp"
#include "loader/abi_compare.hpp"
#include "runtime/openssl_secrets.hpp"

namespace televisit::daemon {
namespace {

namespace fs = std::filesystem;

std::string config_file_of(const Options& options) {
    return options.config.empty() ? default_config_file().string() : options.config;
}

[[noreturn]] void leave(const ServiceFault& fault) {
    if (!fault.text.empty()) std::cerr << "televisitd: " << fault.text << std::endl;
    std::_Exit(fault.exit_code);
}

/// The service as the signal thread knows it, from its start to its end.
class HangupTarget {
  public:
    void set(Service* service) {
        const std::lock_guard lock(mutex_);
        service_ = service;
    }
    void hang_up() {
        const std::lock_guard lock(mutex_);
        if (service_) service_->hang_up();
    }

  private:
    std::mutex mutex_;
    Service* service_ = nullptr;  // guarded by mutex_
};

int run_service(Settings settings, Secrets& secrets) {
    HangupTarget target;
    SignalThread signals([&target] { target.hang_up(); });
    Service service(std::move(settings), secrets);
    if (const auto fault = service.start()) {
        if (fault->hung) leave(*fault);
        std::cerr << "televisitd: " << fault->text << std::endl;
        return fault->exit_code;
    }
    target.set(&service);
    const std::string why = signals.wait_for_end();
    target.set(nullptr);
    if (const auto fault = service.stop(why)) leave(*fault);
    return kStopped;
}

}  // namespace

Application::Application() : folder_(fs::current_path().string()) {
    setUnixOptions(true);
}

void Application::defineOptions(Poco::Util::OptionSet& options) {
    ServerApplication::defineOptions(options);
    define_options(options);
}

void Application::handleOption(const std::string& name, const std::string& value) {
    ServerApplication::handleOption(name, value);
    take_option(options_, name, value);
}

int Application::main(const std::vector<std::string>&) {
    // As a daemon Poco has gone to the root folder.
    std::error_code ignored;
    fs::current_path(folder_, ignored);
    runtime::OpensslSecrets secrets;
    auto settings = load_settings(config_file_of(options_), Purpose::start, secrets);
    if (const auto* const fault = std::get_if<SettingsFault>(&settings)) {
        std::cerr << fault->text;
        return fault->exit_code;
    }
    return run_service(std::get<Settings>(std::move(settings)), secrets);
}

int check_configuration(const std::string& file) {
    runtime::OpensslSecrets secrets;
    const auto settings = load_settings(file, Purpose::look, secrets);
    if (const auto* const fault = std::get_if<SettingsFault>(&settings)) {
        std::cerr << fault->text;
        return fault->exit_code;
    }
    return kStopped;
}

namespace {

int print_help(const Application& application) {
    Poco::Util::HelpFormatter formatter(application.options());
    formatter.setCommand("televisitd");
    formatter.setUsage("[OPTIONS]");
    formatter.setHeader("The server of video consultations.");
    formatter.setUnixStyle(true);
    formatter.setAutoIndent();
    formatter.format(std::cout);
    std::cout << "\nExit codes: 0 stopped in order, 1 could not start, 2 bad configuration, 3 a stop hung,\n"
                 "4 a start hung, 64 bad usage.\n";
    return kStopped;
}

}  // namespace

int run(int argc, char** argv) {
    const auto read = read_options({argv + 1, argv + argc});
    if (!read) {
        std::cerr << "televisitd: " << read.error().message << "; --help lists the options\n";
        return kBadUsage;
    }
    const Options& request = *read;
    if (request.version) {
        std::cout << "televisitd " << kVersion << "\nplugins: " << loader::server_abi() << "\n";
        return kStopped;
    }
    if (request.check) {
        const std::string file = config_file_of(request);
        const int code = check_configuration(file);
        if (code == kStopped) std::cout << file << " is good\n";
        return code;
    }
    block_signals();
    // In the foreground, while there is somebody to read what is wrong.
    if (request.daemon)
        if (const int code = check_configuration(config_file_of(request)); code != kStopped) return code;
    Poco::AutoPtr<Application> application = new Application;
    if (request.help) {
        char* only_name[] = {argv[0], nullptr};
        application->init(1, only_name);
        return print_help(*application);
    }
    return application->run(argc, argv);
}

}  // namespace televisit::daemon
