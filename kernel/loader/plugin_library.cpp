#include "loader/plugin_library.hpp"

#include <dlfcn.h>

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>
#include <system_error>

namespace televisit::loader {
namespace {

Error fault(const std::filesystem::path& file, const std::string& text) {
    return error(Errc::malformed, file.string() + " " + text);
}

}  // namespace

Result<PluginLibrary> PluginLibrary::load(const std::filesystem::path& file, const Manifest& manifest) {
    boost::dll::shared_library library;
    std::error_code failed;
    // Now: a missing symbol is found here, not when it is first called, which would end the process. Local: a plugin
    // never sees another one's symbols.
    // For good: closing it does not unload it.
    const auto mode = boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local |
                      static_cast<boost::dll::load_mode::type>(RTLD_NODELETE);
    library.load(file, failed, mode);
    if (failed) {
        std::string reason = failed.message();
        try {  // only the throwing form tells what the dynamic linker said
            boost::dll::shared_library again(file, mode);
        } catch (const std::system_error& linker) {
            reason = linker.what();
        }
        const bool unresolved = reason.find("undefined symbol") != std::string::npos;
        return fault(file, "cannot be loaded: " + reason +
                               (unresolved ? ". A plugin may use the SDK and its own libraries only; link it with "
                                             "televisit_add_plugin(), which finds this at build time."
                                           : "."));
    }
    if (!library.has(abi::kDescriptorSymbol))
        return fault(file,
                     std::string("does not export ") + abi::kDescriptorSymbol +
                         ". Write TELEVISIT_PLUGIN(…) once in its plugin.cpp, and let no version script hide it.");
    const auto& descriptor = library.get<const PluginDescriptor>(abi::kDescriptorSymbol);
    if (descriptor.magic != abi::kDescriptorMagic || descriptor.size != sizeof(PluginDescriptor))
        return fault(file, "exports a descriptor of another layout. Rebuild it with the SDK of this server.");
    const std::string_view text(descriptor.manifest, descriptor.manifest_size);
    if (text.substr(0, text.find('\0')) != manifest.text)
        return fault(file, "says another thing in its note than in its descriptor. Build it again from scratch.");
    if (!descriptor.create || !descriptor.destroy) return fault(file, "exports a descriptor without functions.");
    PluginLibrary loaded(descriptor);
    if (library.has(kSchemaKeeperSymbol))
        loaded.make_schema_keeper_ = &library.get<SchemaKeeper*(const ConfigView&)>(kSchemaKeeperSymbol);
    if (library.has(kRecordTransferSymbol))
        loaded.make_record_transfer_ = &library.get<RecordTransfer*(const ConfigView&)>(kRecordTransferSymbol);
    if (library.has(kIceKeeperSymbol))
        loaded.make_ice_keeper_ = &library.get<IceKeeper*(const ConfigView&, const Clock&, Secrets&)>(kIceKeeperSymbol);
    return loaded;
}

}  // namespace televisit::loader
