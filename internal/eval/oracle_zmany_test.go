package eval_test
import ("testing";"fmt";"sort";"os";"strconv";"sync")
func TestMany(t *testing.T){
  nn,_:=strconv.Atoi(os.Getenv("N")); seed,_:=strconv.Atoi(os.Getenv("VPCPATH_SEED")); only:=os.Getenv("KIND")
  type e struct{n int; f *failure}; kinds:=map[string]*e{}; var mu sync.Mutex; var wg sync.WaitGroup; var tot tally; bad:=0
  for w:=range 2 { wg.Go(func(){ for i:=w;i<nn;i+=2 { ta,f:=oracleTopology(uint64(seed),uint64(i)); mu.Lock(); tot.add(ta); if f!=nil{ bad++; if kinds[f.m.kind]==nil{kinds[f.m.kind]=&e{}}; k:=kinds[f.m.kind]; k.n++; if k.f==nil||len(f.s.String())<len(k.f.s.String()){k.f=f} }; mu.Unlock() }})}
  wg.Wait()
  fmt.Printf("%+v bad topologies %d/%d\n",tot,bad,nn)
  var ks []string; for k:=range kinds{ks=append(ks,k)}; sort.Slice(ks,func(i,j int)bool{return kinds[ks[i]].n>kinds[ks[j]].n})
  for _,k:=range ks{fmt.Println("#",kinds[k].n,k)}
  for _,k:=range ks{ if only!=""&&k!=only {continue}; f:=kinds[k].f; s,m:=f.m.shrink(f.s); fmt.Printf("\n##### %s (topology %d)\nquestion: %v\nheader: %s:%d>%s:%d p%d\n%s\n%s\n",k,f.number,m.ask,m.h.src,m.h.sport,m.h.dst,m.h.dport,m.h.proto,m.text,s) }
}
