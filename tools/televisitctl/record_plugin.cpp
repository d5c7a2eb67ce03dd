#include "record_plugin.hpp"

#include <Poco/Exception.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include "loader/plugin_plan.hpp"
#include "televisit/sdk/records.hpp"

namespace televisit::ctl {

Result<RecordPlugin> load_record_plugin(const Configuration& configuration) {
    const loader::PluginPlan plan = loader::plan_plugins(configuration.tree);
    if (!plan.problems.empty()) return error(Errc::malformed, config::to_text(plan.problems));
    const auto* provider = plan.provider_of(RecordStore::kCapability);
    if (!provider) return error(Errc::invalid, "no plugin keeps records");
    auto library = loader::PluginLibrary::load(provider->file, provider->manifest);
    if (!library) return error(Errc::unavailable, library.error().message);
    return RecordPlugin{provider->id, provider->use, provider->config, *std::move(library)};
}

std::optional<std::string> records_of_running(const Configuration& configuration) {
    const auto answer = call(admin_socket(configuration), {.path = "/admin/plugins"});
    if (!answer || answer->status != 200) return std::nullopt;
    try {
        const auto document = Poco::JSON::Parser().parse(answer->body).extract<Poco::JSON::Object::Ptr>();
        const auto plugins = document->getArray("plugins");
        for (unsigned i = 0; plugins && i < plugins->size(); ++i) {
            const auto provided = plugins->getObject(i)->getArray("provides");
            for (unsigned k = 0; provided && k < provided->size(); ++k)
                if (provided->getElement<std::string>(k) == RecordStore::kCapability)
                    return plugins->getObject(i)->getValue<std::string>("id");
        }
    } catch (const Poco::Exception&) {
        // Whatever answers there, it is no server of this kind.
    }
    return std::nullopt;
}

int report_record_plugin(const Error& failure, std::string_view command, const Streams& streams) {
    // Diagnostics are lines of their own.
    if (failure.code == Errc::malformed)
        streams.error << failure.message;
    else
        streams.error << "televisitctl " << command << ": " << failure.message << '\n';
    return failure.code == Errc::unavailable ? kFailed : kBadConfiguration;
}

}  // namespace televisit::ctl
