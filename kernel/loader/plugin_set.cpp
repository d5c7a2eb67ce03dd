#include "loader/plugin_set.hpp"

#include <algorithm>

#include "loader/deadline_call.hpp"

namespace televisit::loader {
namespace {

std::string seconds(std::chrono::milliseconds time) {
    const auto whole = time.count() / 1000;
    const auto rest = time.count() % 1000;
    return rest == 0 ? std::to_string(whole) + " s" : std::to_string(time.count()) + " ms";
}

std::string name_of(const std::string& id, const std::string& kind) {
    return "plugin '" + id + "' (" + kind + ")";
}

}  // namespace

PluginSet::PluginSet(PluginPlan plan, KernelServices kernel, ConsultationsSlot& consultations, Deadlines deadlines)
    : plan_(std::move(plan)), kernel_(kernel), consultations_(consultations), deadlines_(deadlines) {}

PluginSet::~PluginSet() {
    // Consumers before their providers.
    while (!instances_.empty()) instances_.pop_back();
}

std::vector<LifecycleFault> PluginSet::create() {
    std::vector<LifecycleFault> faults;
    for (const PlannedPlugin& planned : plan_.plugins) {
        auto library = PluginLibrary::load(planned.file, planned.manifest);
        if (!library) {
            faults.push_back({false, planned.id, name_of(planned.id, planned.use) + ": " + library.error().message});
            continue;
        }
        auto instance = std::make_unique<PluginInstance>(planned, *library, kernel_, providers_, consultations_);
        if (const auto created = instance->create(providers_); !created) {
            const Error& why = created.error();
            faults.push_back({false, planned.id,
                              name_of(planned.id, planned.use) +
                                  " cannot be created: " + (why.detail.empty() ? why.message : why.detail)});
        }
        instances_.push_back(std::move(instance));
    }
    return faults;
}

void PluginSet::list_steps(DomainSteps domain) {
    for (const auto& instance : instances_)
        steps_.push_back({instance->id(), instance->plan().use,
                          [plugin = instance.get()](const CallContext& context) { return plugin->start(context); },
                          [plugin = instance.get()](const CallContext& context) { plugin->stop(context); }});
    if (domain.start) {
        Step step{
            "consultations", "kernel",
            [this, start = std::move(domain.start)](const CallContext& context) { return start(providers_, context); },
            std::move(domain.stop)};
        steps_.insert(steps_.begin() + static_cast<std::ptrdiff_t>(plan_.before_consultations), std::move(step));
    }
}

Result<void> PluginSet::start(DomainSteps domain) {
    list_steps(std::move(domain));
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (!start_step(steps_[i])) {
            if (!fault_.hung) {
                const LifecycleFault first = fault_;
                if (stop()) fault_ = first;
            }
            return describe();
        }
        started_.push_back(i);
    }
    return {};
}

bool PluginSet::start_step(const Step& step) {
    const CallContext context{kernel_.clock.steady_now() + deadlines_.start, RequestId("start")};
    // Shared with the thread, which is left behind when it hangs.
    const auto outcome = std::make_shared<Result<void>>();
    if (!done_by(context.deadline, step.id, [&step, context, outcome] { *outcome = step.start(context); })) {
        fault_ = {true, step.id, name_of(step.id, step.kind) + " has not started within " + seconds(deadlines_.start)};
        return false;
    }
    if (*outcome) return true;
    const Error& why = outcome->error();
    fault_ = {false, step.id,
              name_of(step.id, step.kind) + " cannot start: " + (why.detail.empty() ? why.message : why.detail)};
    return false;
}

void PluginSet::announce_drain(const DrainNotice& notice) {
    each_in_reverse(
        "the drain was not announced by the deadline",
        [notice](PluginInstance& plugin, const CallContext& context) { plugin.announce_drain(notice, context); });
}

void PluginSet::drain() {
    each_in_reverse("not drained by the deadline",
                    [](PluginInstance& plugin, const CallContext& context) { plugin.drain(context); });
}

void PluginSet::each_in_reverse(const char* late, const std::function<void(PluginInstance&, const CallContext&)>& act) {
    const SteadyTime end = kernel_.clock.steady_now() + deadlines_.drain;
    for (auto instance = instances_.rbegin(); instance != instances_.rend(); ++instance) {
        PluginInstance* const plugin = instance->get();
        // One that hangs leaves half of the time to the others.
        const SteadyTime now = kernel_.clock.steady_now();
        const auto left = std::max(end - now, SteadyTime::duration::zero());
        const bool last = std::next(instance) == instances_.rend();
        const CallContext context{now + (last ? left : left / 2), RequestId("drain")};
        // By value: what hangs goes on without us.
        if (!done_by(context.deadline, plugin->id(), [plugin, context, act] { act(*plugin, context); }))
            plugin->logger().warning(late);
    }
}

Result<void> PluginSet::stop() {
    while (!started_.empty()) {
        if (!stop_step(steps_[started_.back()])) return describe();
        started_.pop_back();
    }
    return {};
}

bool PluginSet::stop_step(const Step& step) {
    const CallContext context{kernel_.clock.steady_now() + deadlines_.stop, RequestId("stop")};
    if (done_by(context.deadline, step.id, [&step, context] { step.stop(context); })) return true;
    fault_ = {true, step.id, name_of(step.id, step.kind) + " has not stopped within " + seconds(deadlines_.stop)};
    return false;
}

Error PluginSet::describe() const {
    return error(fault_.hung ? Errc::timeout : Errc::internal, fault_.text);
}

bool PluginSet::end_workers(std::chrono::milliseconds patience) {
    const SteadyTime deadline = kernel_.clock.steady_now() + patience;
    bool all = true;
    for (const auto& instance : instances_) {
        if (instance->end_workers(deadline)) continue;
        all = false;
        instance->logger().warning("workers are stuck and left behind");
    }
    return all;
}

}  // namespace televisit::loader
