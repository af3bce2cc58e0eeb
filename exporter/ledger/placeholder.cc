#include "exporter/ledger/ledger.h"
