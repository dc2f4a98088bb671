#include "app/commands/commands.h"
#include "app/profile.h"

#include <cstdio>

namespace PatchPanel::App {

int printToken(const Options &options)
{
    const Result<QByteArray> token = loadOrCreateToken(options.profile, options.tokenFile);
    if (!token) {
        return complain(token.error());
    }
    std::printf("%s\n", token->constData());
    return 0;
}

} // namespace PatchPanel::App
