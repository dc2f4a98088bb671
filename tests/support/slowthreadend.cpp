// Preloaded into the program by a test: the last destructors that libcrypto has on a thread come late, and the process
// waits at its exit until they came. A process that ends before its threads have, which takes luck otherwise, does it
// every time.

#include <array>
#include <cstring>
#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>
#include <utility>

namespace {

constexpr unsigned int lateness = 20'000; // microseconds
constexpr unsigned int patience = 200'000;

using Destructor = void (*)(void *);

std::array<Destructor, 16> late;
std::size_t count = 0;

template <std::size_t index> void destroyLate(void *value)
{
    ::usleep(lateness);
    late[index](value);
}

template <std::size_t... indexes> constexpr auto destructors(std::index_sequence<indexes...>)
{
    return std::array<Destructor, sizeof...(indexes)>{destroyLate<indexes>...};
}

bool isOfLibcrypto(Destructor destructor)
{
    Dl_info info{};
    return ::dladdr(reinterpret_cast<void *>(destructor), &info) != 0 && info.dli_fname != nullptr
        && std::strstr(info.dli_fname, "libcrypto") != nullptr;
}

[[gnu::destructor]] void waitForThreads()
{
    ::usleep(patience);
}

} // namespace

extern "C" int pthread_key_create(pthread_key_t *key, Destructor destructor)
{
    static const auto create =
        reinterpret_cast<int (*)(pthread_key_t *, Destructor)>(::dlsym(RTLD_NEXT, "pthread_key_create"));
    if (destructor == nullptr || count == late.size() || !isOfLibcrypto(destructor)) {
        return create(key, destructor);
    }
    late[count] = destructor;
    return create(key, destructors(std::make_index_sequence<std::tuple_size_v<decltype(late)>>())[count++]);
}
