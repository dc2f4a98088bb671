#include "ui/models/background.h"

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

QThreadPool *pool = nullptr;

} // namespace

QThreadPool &backgroundPool()
{
    if (!pool) {
        pool = new QThreadPool;
        pool->setMaxThreadCount(std::max(2, QThread::idealThreadCount()));
        qAddPostRoutine([] {
            delete pool; // waits
            pool = nullptr;
        });
    }
    return *pool;
}

} // namespace PatchPanel::Ui
