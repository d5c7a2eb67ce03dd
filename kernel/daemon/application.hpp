#pragma once
/// The program's command line and life.

#include <Poco/Util/OptionSet.h>
#include <Poco/Util/ServerApplication.h>

#include <string>
#include <vector>

namespace televisit::daemon {

/// `televisitd [--config FILE] [--check] [--daemon] [--pidfile FILE] [--version] [--help]`.
class Application final : public Poco::Util::ServerApplication {
  public:
    Application();

    /// Reads the options of a command line without acting on them. **Errors**: Poco::Util::OptionException.
    struct Request {
        std::string config;
        bool check = false;
        bool daemon = false;
        bool version = false;
        bool help = false;
    };
    static Request read_options(const std::vector<std::string>& arguments);

  protected:
    void defineOptions(Poco::Util::OptionSet& options) override;
    void handleOption(const std::string& name, const std::string& value) override;
    int main(const std::vector<std::string>& arguments) override;

  private:
    const std::string folder_;  ///< where it was started; relative paths of the configuration begin here
    Request request_;
};

/// Prints what is wrong with a configuration, as `--check` does. The exit code.
int check_configuration(const std::string& file);

/// The whole of `main()`.
int run(int argc, char** argv);

}  // namespace televisit::daemon
