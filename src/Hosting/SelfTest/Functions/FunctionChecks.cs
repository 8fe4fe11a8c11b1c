using Appliance.Admin.SelfTest;
using Appliance.Gateways.Modal.Probe;
using Appliance.Hosting.SelfTest.Sandboxes;
using static Appliance.Admin.SelfTest.SelfTestException;

namespace Appliance.Hosting.SelfTest.Functions;

/// <summary>
/// That functions work on this machine: called through the gRPC door, done in containers by the program of the built-in
/// image, which speaks to the appliance as the client's program does.
/// </summary>
public static class FunctionChecks
{
    private const string Method = "add";

    public static IReadOnlyList<SelfTestCheck> All { get; } =
    [
        SandboxTrial.Check("calls a function", ProveCallAsync),
        SandboxTrial.Check("maps a function", ProveMapAsync),
        SandboxTrial.Check("keeps a class's instances apart", ProveClassAsync),
        SandboxTrial.Check("answers a web request", ProveWebAsync),
    ];

    private static async Task<string> ProveCallAsync(SandboxTrial trial, CancellationToken cancellation)
    {
        ModalFunctionProbe functions = trial.Functions;
        ProbedFunction square = await functions.RunAsync(new WantedFunction(trial.ImageId, "square"), cancellation);
        ProbedAnswer answer = await functions.CallAsync(square, 12, cancellation);
        Require(answer.Number == 144, $"12 squared came back as '{answer.Number}': {answer.Message}");
        ProbedAnswer failure = await functions.CallAsync(square, ulong.MaxValue, cancellation);
        Require(
            failure is { Number: null, Message: "the number is too large" },
            $"A call that must fail came back with '{failure.Number}': {failure.Message}");
        return $"12 squared is 144, says {answer.TaskId}; a failure comes back as one";
    }

    private static async Task<string> ProveMapAsync(SandboxTrial trial, CancellationToken cancellation)
    {
        const int Count = 200;
        ulong[] numbers = [.. Enumerable.Range(0, Count).Select(each => (ulong)each)];
        ProbedFunction square = await trial.Functions.RunAsync(new WantedFunction(trial.ImageId, "square"), cancellation);
        IReadOnlyList<ProbedAnswer> answers = await trial.Functions.MapAsync(square, numbers, cancellation);
        for (int index = 0; index < Count; index++)
        {
            Require(answers[index].Number == numbers[index] * numbers[index], $"{index} squared came back as '{answers[index].Number}': {answers[index].Message}");
        }

        int containers = answers.Select(each => each.TaskId).Distinct().Count();
        return $"{Count} inputs, each with its own result, by {containers} container{(containers == 1 ? "" : "s")}";
    }

    private static async Task<string> ProveClassAsync(SandboxTrial trial, CancellationToken cancellation)
    {
        ModalFunctionProbe functions = trial.Functions;
        ProbedFunction counter = await functions.RunAsync(new WantedFunction(trial.ImageId, "Counter") { IsClass = true }, cancellation);
        ProbedFunction tens = await functions.BindAsync(counter, 10, cancellation);
        ProbedFunction hundreds = await functions.BindAsync(counter, 100, cancellation);
        ProbedAnswer first = await functions.CallAsync(tens, 1, cancellation, Method);
        ProbedAnswer other = await functions.CallAsync(hundreds, 1, cancellation, Method);
        ProbedAnswer second = await functions.CallAsync(tens, 2, cancellation, Method);
        Require(
            (first.Number, other.Number, second.Number) == (11, 101, 13),
            $"10+1, 100+1 and +2 came back as {first.Number}, {other.Number} and {second.Number}: {first.Message} {other.Message} {second.Message}");
        Require(first.TaskId == second.TaskId && first.TaskId != other.TaskId, "Instances share a container.");
        return $"two instances, 10 and 100, count on their own: {second.Number} and {other.Number}";
    }

    private static async Task<string> ProveWebAsync(SandboxTrial trial, CancellationToken cancellation)
    {
        ProbedFunction shout = await trial.Functions.RunAsync(new WantedFunction(trial.ImageId, "shout") { IsWeb = true }, cancellation);
        var url = new Uri(shout.WebUrl);

        // Not every machine finds names below 'localhost'.
        using var http = new HttpClient(trial.Server.Handler, disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{trial.Server.Addresses.Http.Url}/some/where?x=1")
        {
            Headers = { Host = url.Authority }, Content = new StringContent("quiet words"),
        };
        using HttpResponseMessage response = await http.SendAsync(request, cancellation);
        string text = await response.Content.ReadAsStringAsync(cancellation);
        Require(response.IsSuccessStatusCode && text == "/some/where QUIET WORDS", $"{url} answers {(int)response.StatusCode}: {text}");
        return $"{url.Host} answers '{text}'";
    }
}
