"""The seven dashboards: names, addresses and variables. What is on each is in a file of its own.

A variable has the name of the label it chooses, so that every query is narrowed by it and every link carries it.
"""

from grafana import Dashboard, Variable

CLUSTER = Variable("cluster", "Cluster", "label_values(opencost_cluster_cost_per_hour, cluster)")
NAMESPACE = Variable("namespace", "Namespace",
                     'label_values(opencost_namespace_cost_per_hour{cluster=~"$cluster"}, namespace)')
KIND = Variable("controller_kind", "Kind",
                'label_values(opencost_workload_cost_per_hour{cluster=~"$cluster", namespace=~"$namespace"}, '
                "controller_kind)")
CONTROLLER = Variable("controller", "Workload",
                      'label_values(opencost_workload_cost_per_hour{cluster=~"$cluster", namespace=~"$namespace", '
                      'controller_kind=~"$controller_kind"}, controller)')
NODE = Variable("node", "Node", 'label_values(opencost_node_cost_per_hour{cluster=~"$cluster"}, node)')
TENANT = Variable("tenant", "Tenant", 'label_values(opencost_tenant_cost_per_hour{cluster=~"$cluster"}, tenant)')
BUDGET = Variable("budget", "Budget", "label_values(opencost_budget_limit, budget)")
# The exporter's own series name the source they ask, which may be called otherwise than its clusters.
SOURCE = Variable("cluster", "Source", "label_values(opencost_up, cluster)")
QUERY = Variable("query", "Query", 'label_values(opencost_up{cluster=~"$cluster"}, query)')

OVERVIEW = Dashboard("opencost-overview", "Overview", "What the clusters cost, where it goes, and whether the figures can be trusted.",
                     [CLUSTER])
NAMESPACES = Dashboard("opencost-namespace", "Namespace", "What one or several namespaces cost, by resource and by workload.",
                       [CLUSTER, NAMESPACE])
WORKLOADS = Dashboard("opencost-workloads", "Workloads and pods", "The cost of each workload and of each of its pods.",
                      [CLUSTER, NAMESPACE, KIND, CONTROLLER])
SAVINGS = Dashboard("opencost-savings", "Idle and savings", "What is paid for and not used, and what to do about it.",
                    [CLUSTER, NAMESPACE])
NODES = Dashboard("opencost-nodes", "Nodes and storage", "What nodes, disks and load balancers cost, and what of it serves nobody.",
                  [CLUSTER, NODE])
BUDGETS = Dashboard("opencost-budgets", "Budgets and tenants", "Budgets, where they end, and whose cost is whose.",
                    [CLUSTER, TENANT, BUDGET], span="now-30d")
EXPORTER = Dashboard("opencost-exporter", "Exporter health", "Whether OpenCost is asked, answers, and is believed.",
                     [SOURCE, QUERY], span="now-6h")
