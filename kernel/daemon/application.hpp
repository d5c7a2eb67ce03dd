#pragma once
/// The program's command line and life.

#include <Poco/Util/OptionSet.h>
#include <Poco/Util/ServerApplication.h>

#include <string>
#include <vector>

#include "daemon/options.hpp"

namespace televisit::daemon {

/// Poco's server application around the service.
class Application final : public Poco::Util::ServerApplication {
  public:
    Application();

  protected:
    void defineOptions(Poco::Util::OptionSet& options) override;
    void handleOption(const std::string& name, const std::string& value) override;
    int main(const std::vector<std::string>& arguments) override;

  private:
    const std::string folder_;  ///< where it was started; relative paths of the configuration begin here
    Options options_;
};

/// Prints what is wrong with a configuration, as `--check` does. The exit code.
int check_configuration(const std::string& file);

/// The whole of `main()`.
int run(int argc, char** argv);

}  // namespace televisit::daemon
