using System.Globalization;
using Appliance.Core.Errors;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Appliance.Gateways.Calls;

/// <summary>
/// Says that something is too large where clients look for it: in the status of HTTP (contracts/modal.md §1). They take
/// that one for a passing failure and repeat the call, most of them three times. The blocking put of a queue does so for
/// ever; from the attempt on that only such a call makes, it gets a status that ends it.
/// </summary>
internal static class TooLargeAnswer
{
    private const string AttemptHeader = "x-retry-attempt";
    private const int RetriesMax = 3;

    public static RpcException Make(ApplianceException failure, ServerCallContext context)
    {
        bool isEndless = int.TryParse(
            context.RequestHeaders.GetValue(AttemptHeader), NumberStyles.None, CultureInfo.InvariantCulture, out int attempt) && attempt > RetriesMax;
        if (!isEndless && context.GetHttpContext().Response is { HasStarted: false } response)
        {
            response.StatusCode = Microsoft.AspNetCore.Http.StatusCodes.Status413PayloadTooLarge;
        }

        return new RpcException(new Status(isEndless ? StatusCode.InvalidArgument : StatusCode.ResourceExhausted, failure.Message));
    }
}
