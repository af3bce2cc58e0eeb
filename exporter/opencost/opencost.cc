#include "exporter/opencost/opencost.h"
