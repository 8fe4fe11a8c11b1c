using Appliance.Tests.Grpc.Protos;
using Grpc.Core;
using Xunit;

namespace Appliance.Tests.Grpc;

public sealed class ServiceMethodsTests : EchoServerTest
{
    [Theory]
    [InlineData("appliance.tests.Echo", "Missing", "Method 'appliance.tests.Echo/Missing' is not known")]
    [InlineData("no.such.Service", "Call", "Service 'no.such.Service' is not known")]
    [InlineData("appliance.tests.Echo", "unary", "appliance.tests.Echo/unary")]
    public async Task HandleAsync_UnknownName_IsUnimplementedAndNamed(string service, string method, string detail)
    {
        RpcException thrown = await RefusedAsync(CallAsync(service, method));

        Assert.Equal(StatusCode.Unimplemented, thrown.StatusCode);
        Assert.Contains(detail, thrown.Status.Detail);
    }

    [Fact]
    public async Task HandleAsync_PathThatIsNoMethod_IsUnimplemented()
    {
        RpcException thrown = await RefusedAsync(CallAsync("a/b", "c"));

        Assert.Equal(StatusCode.Unimplemented, thrown.StatusCode);
    }

    private AsyncUnaryCall<EchoReply> CallAsync(string service, string method) => Channel.CreateCallInvoker().AsyncUnaryCall(
        new Method<EchoRequest, EchoReply>(
            MethodType.Unary,
            service,
            method,
            Marshallers.Create(_ => [], _ => new EchoRequest()),
            Marshallers.Create(_ => [], _ => new EchoReply())),
        null,
        new CallOptions(),
        new EchoRequest());
}
