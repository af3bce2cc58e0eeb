#include "exporter/web/web.h"
