package eval_test

import "testing"

// A load balancer whose port 80 redirects to its port 443.
const lbRedirect = `
vpcs: {v: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: v}}
route_tables: {rtb: {vpc: v, routes: [{destination: 0.0.0.0/0, target: igw}]}}
subnets:
  pub: {vpc: v, cidr: 10.0.0.0/24, route_table: rtb}
  apps: {vpc: v, cidr: 10.0.1.0/24}
security_groups:
  sg-lb: {vpc: v, ingress: [{protocol: tcp, ports: [80, 443], source: 0.0.0.0/0}]}
  sg-app: {vpc: v, ingress: [{protocol: tcp, ports: 8080, source: sg-lb}]}
instances:
  app: {subnet: apps, private_ip: 10.0.1.10, security_groups: [sg-app]}
load_balancers:
  alb:
    type: application
    scheme: internet_facing
    nodes: [{subnet: pub, private_ip: 10.0.0.40, public_ip: 203.0.113.40}]
    security_groups: [sg-lb]
    listeners:
      - {protocol: http, port: 80, answers: true}
      - {protocol: https, port: 443, targets: [{instance: app, port: 8080}]}
`

func TestLB01_AListenerMayAnswerByItself(t *testing.T) {
	n := topo(t, lbRedirect)
	n.ask("internet -> alb tcp/80", reachable, via("igw"))
	n.ask("internet -> alb tcp/443", reachable, via("igw", "alb"))
	n.ask("internet -> alb tcp/8080", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-lb ingress"))
	topo(t, but(t, lbRedirect, "ports: [80, 443]", "ports: 443")).
		ask("internet -> alb tcp/80", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-lb ingress"))
	// Its answer needs the way back like any other.
	topo(t, but(t, lbRedirect, "routes: [{destination: 0.0.0.0/0, target: igw}]", "routes: []")).
		ask("internet -> alb tcp/80", unreachable, because("return NO_ROUTE_TO_DESTINATION rtb"))
}

func TestLB02_WhereAListenerAnswersOrForwardsBothMustWork(t *testing.T) {
	both := but(t, lbRedirect, "port: 443, targets", "port: 443, answers: true, targets")
	topo(t, both).ask("internet -> alb tcp/443", reachable)
	topo(t, but(t, both, "ports: 8080, source: sg-lb", "ports: 9090, source: sg-lb")).ask("internet -> alb tcp/443", partial)
}
