using System.Buffers.Binary;
using Appliance.Bench.Grpc.Protos;
using Google.Protobuf;

namespace Appliance.Bench.Grpc;

/// <summary>
/// Unary calls through a generated service against a bare HTTP/2 endpoint that returns the same body. Rounds of both
/// alternate, in changing order; the ratio is the median of the rounds' ratios.
/// </summary>
public static class GrpcBench
{
    private const int RoundCount = 25;
    private const int MiB = 1024 * 1024;
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(0.5);

    public static async Task RunAsync(BenchReport report)
    {
        await using MirrorServer server = await MirrorServer.StartAsync();
        await CompareAsync(report, server, "gRPC unary, 100 bytes, 100 callers", payloadBytes: 100, callers: 100);
        await CompareAsync(report, server, "gRPC unary, 1 MiB, 4 callers", payloadBytes: MiB, callers: 4);
        await CompareAsync(report, server, "gRPC unary, 8 MiB, 4 callers", payloadBytes: 8 * MiB, callers: 4);
    }

    private static async Task CompareAsync(BenchReport report, MirrorServer server, string name, int payloadBytes, int callers)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        byte[] body = Frame(new Parcel { Name = "parcel", Payload = ByteString.CopyFrom(new byte[payloadBytes]) });
        var grpc = new Caller(http, new Uri(server.Address + MirrorServer.GrpcPath), body);
        var bare = new Caller(http, new Uri(server.Address + MirrorServer.BarePath), body);
        await grpc.RunAsync(callers, RoundTime);
        await bare.RunAsync(callers, RoundTime);
        List<(CallRate Grpc, CallRate Bare)> rounds = [];
        for (int round = 0; round < RoundCount; round++)
        {
            bool isGrpcFirst = round % 2 == 0;
            CallRate first = await (isGrpcFirst ? grpc : bare).RunAsync(callers, RoundTime);
            CallRate second = await (isGrpcFirst ? bare : grpc).RunAsync(callers, RoundTime);
            rounds.Add(isGrpcFirst ? (first, second) : (second, first));
        }

        bool isSmall = payloadBytes < MiB;
        string unit = isSmall ? "calls/s" : "MiB/s";
        double scale = isSmall ? 1 : (double)payloadBytes / MiB;
        report.Row($"{name}, bare endpoint", scale * Median(rounds.Select(round => round.Bare.PerSecond)), unit);
        report.Row(
            name,
            scale * Median(rounds.Select(round => round.Grpc.PerSecond)),
            unit,
            "bare HTTP/2 endpoint",
            Median(rounds.Select(round => round.Grpc.PerSecond / round.Bare.PerSecond)));
        report.Row(
            $"{name}, of processor time",
            scale * Median(rounds.Select(round => round.Grpc.PerProcessorSecond)),
            unit,
            "bare HTTP/2 endpoint",
            Median(rounds.Select(round => round.Grpc.PerProcessorSecond / round.Bare.PerProcessorSecond)));
    }

    private static byte[] Frame(Parcel parcel)
    {
        var frame = new byte[5 + parcel.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        parcel.WriteTo(frame.AsSpan(5));
        return frame;
    }

    private static double Median(IEnumerable<double> values)
    {
        List<double> sorted = [.. values.Order()];
        return sorted[sorted.Count / 2];
    }
}
