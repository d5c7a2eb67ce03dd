#pragma once
/// What the server makes for itself at its first start: its folder and the secrets in it.

#include <filesystem>
#include <string>

#include "config/interpolation.hpp"
#include "televisit/sdk/result.hpp"
#include "televisit/sdk/secrets.hpp"

namespace televisit::daemon {

/// Makes the folder (mode 0700) and, where they are not there yet, `secret` and `jwt_secret` in it (mode 0600): 64
/// hexadecimal digits from 32 random bytes. Two servers that start at once agree on one. **Blocks**: for the disk.
/// **Errors**: `forbidden` or `unavailable`, naming the path.
Result<void> prepare_state_folder(const std::filesystem::path& folder, Secrets& secrets);

/// What `${state:NAME}` stands for: the contents of `secret` or `jwt_secret`. `placeholder` stands for one that is not
/// there yet: for looking at a configuration without starting.
config::Lookup state_lookup(std::filesystem::path folder, std::string placeholder = {});

}  // namespace televisit::daemon
