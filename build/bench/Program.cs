using Appliance.Bench;
using Appliance.Bench.Blocks;
using Appliance.Bench.Containers;
using Appliance.Bench.Functions;
using Appliance.Bench.Grpc;
using Appliance.Bench.Metadata;
using Appliance.Bench.Networks;
using Appliance.Bench.Objects;
using Appliance.Bench.Pools;
using Appliance.Bench.Start;
using Appliance.Bench.Volumes;

var benchmarks = new Dictionary<string, Func<BenchReport, Task>>
{
    ["start"] = StartBench.RunAsync,
    ["commit"] = CommitBench.RunAsync,
    ["block"] = BlockBench.RunAsync,
    ["grpc"] = GrpcBench.RunAsync,
    ["objects"] = ObjectsBench.RunAsync,
    ["transfer"] = TransferBench.RunAsync,
    ["tree"] = TreeBench.RunAsync,
    ["workcopy"] = WorkingCopyBench.RunAsync,
    ["network"] = NetworkBench.RunAsync,
    ["pools"] = PoolBench.RunAsync,
    ["containers"] = ContainersBench.RunAsync,
    ["functions"] = FunctionBench.RunAsync,
};

var report = new BenchReport();
foreach (string name in args.Length == 0 ? benchmarks.Keys : (IEnumerable<string>)args)
{
    await benchmarks[name](report);
}

Console.WriteLine(report);
