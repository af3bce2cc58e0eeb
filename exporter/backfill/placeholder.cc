#include "exporter/backfill/backfill.h"
